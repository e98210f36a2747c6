using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Terse.Servers;

/// <summary>
/// The way to a port, which can be cut (connections are reset, new ones refused), fall silent (they are taken, and nothing comes until it is mended, as
/// when packets are lost and sent again), or become slow.
/// </summary>
internal sealed class TcpProxy : IDisposable
{
    private const int Chunks = 256;
    private static readonly TimeSpan BindPatience = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _open = [];
    private readonly int _target;
    private TaskCompletionSource _passing = Passable();
    private TimeSpan _delay;
    private Socket _listener;

    public TcpProxy(int target)
    {
        _target = target;
        _listener = Listen(0);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _ = AcceptAsync(_listener);
    }

    public int Port { get; }

    public void Cut()
    {
        _listener.Dispose();
        lock (_lock)
        {
            foreach (var socket in _open) Reset(socket);
            _open.Clear();
        }
    }

    public void Silence() => _passing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Slow(TimeSpan eachWay) => _delay = eachWay;

    /// <summary>Ends whatever was done to it. What waited goes on.</summary>
    public async Task MendAsync()
    {
        _delay = TimeSpan.Zero;
        _passing.TrySetResult();
        if (_listener.SafeHandle.IsClosed) _ = AcceptAsync(_listener = await ListenAgainAsync());
    }

    public void Dispose()
    {
        Cut();
        _passing.TrySetResult();
    }

    private static TaskCompletionSource Passable()
    {
        var passable = new TaskCompletionSource();
        passable.SetResult();
        return passable;
    }

    private static Socket Listen(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            listener.Listen();
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>While nobody listened, the port may have been drawn for a connection that somebody makes.</summary>
    private async Task<Socket> ListenAgainAsync()
    {
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return Listen(Port);
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(started) < BindPatience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true) _ = PassAsync(await listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private async Task PassAsync(Socket near)
    {
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        lock (_lock) _open.UnionWith([near, far]);
        try
        {
            near.NoDelay = far.NoDelay = true;
            await _passing.Task;
            await far.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAll(PumpAsync(near, far), PumpAsync(far, near));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side is gone, and so is the other.
        }
        lock (_lock) _open.ExceptWith([near, far]);
        Reset(near);
        Reset(far);
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var line = Channel.CreateBounded<(byte[] Bytes, long Due)>(Chunks);
        var delivering = DeliverAsync(line.Reader, to);
        try
        {
            var buffer = new byte[65_536];
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                var due = Stopwatch.GetTimestamp() + (long)(_delay.TotalSeconds * Stopwatch.Frequency);
                if (!await line.Writer.WaitToWriteAsync()) break;
                await line.Writer.WriteAsync((buffer[..count], due));
            }
            line.Writer.TryComplete();
            await delivering;
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // The other direction ends too.
            line.Writer.TryComplete();
            Reset(from);
            Reset(to);
            throw;
        }
    }

    private async Task DeliverAsync(ChannelReader<(byte[] Bytes, long Due)> line, Socket to)
    {
        await foreach (var (bytes, due) in line.ReadAllAsync())
        {
            await _passing.Task;
            var early = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (early > TimeSpan.Zero) await Task.Delay(early, TimeProvider.System);
            for (var sent = 0; sent < bytes.Length;) sent += await to.SendAsync(bytes.AsMemory(sent));
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }
        socket.Dispose();
    }
}

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Gateway;

/// <summary>A node that tells what reached it: its own name, the method, and the headers. It can be unready, hold requests, and die.</summary>
internal sealed class EchoNode : IAsyncDisposable
{
    private WebApplication _app = null!;
    private volatile TaskCompletionSource? _held;
    private int _requests;
    private int _probes;

    private EchoNode(string name) => Name = name;

    public string Name { get; }

    public Uri Url { get; private set; } = null!;

    public bool Ready { get; set; } = true;

    /// <summary>Whether it says that it lives while it holds requests.</summary>
    public bool Lives { get; set; }

    /// <summary>How often it was asked whether it lives.</summary>
    public int Probes => Volatile.Read(ref _probes);

    /// <summary>How many requests came, questions for its health aside.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public string? LastLength { get; private set; }

    public static async Task<EchoNode> StartAsync(string name)
    {
        var node = new EchoNode(name);
        node._app = await LoopbackServer.StartAsync(node.AnswerAsync);
        node.Url = new Uri(node._app.Urls.First());
        return node;
    }

    public static Uri NobodyThere { get; } = new("http://127.0.0.1:1");

    public void Hold() => _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _held?.TrySetResult();

    /// <summary>Holds what it holds until the source is done, and answers what comes.</summary>
    public TaskCompletionSource LetOthersPass()
    {
        var held = _held ?? throw new InvalidOperationException("Nothing is held.");
        _held = null;
        return held;
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/health/ready")
        {
            context.Response.StatusCode = Ready ? 200 : 503;
            return;
        }

        if (context.Request.Path == "/health/live")
        {
            Interlocked.Increment(ref _probes);
            if (!Lives && _held is { } silent) await silent.Task;
            return;
        }

        LastLength = context.Request.Headers.ContentLength?.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Interlocked.Increment(ref _requests);
        if (_held is { } held) await held.Task;
        await context.Response.WriteAsJsonAsync(new
        {
            node = Name,
            method = context.Request.Method,
            path = context.Request.Path.Value,
            headers = context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()),
        });
    }
}

/// <summary>Takes connections, reads what comes, and hangs up without an answer.</summary>
internal sealed class HangingUpNode : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _answering;
    private int _requests;

    public HangingUpNode()
    {
        _listener.Start();
        _answering = AnswerAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>How many requests came, questions for its health aside.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _answering;
    }

    private async Task AnswerAsync()
    {
        var buffer = new byte[8192];
        while (true)
        {
            try
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                await using var stream = connection.GetStream();
                var read = await stream.ReadAsync(buffer);
                var text = System.Text.Encoding.ASCII.GetString(buffer, 0, read);
                if (text.StartsWith("GET /health/ready", StringComparison.Ordinal)) await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                else Interlocked.Increment(ref _requests);
            }
            catch (IOException)
            {
                // The caller hung up first.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}

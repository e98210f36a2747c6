using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Terse.Benchmarks;

/// <summary>
/// An open-loop load generator: requests are sent at a constant rate whatever the server does, and latency counts from the moment that a request
/// was meant to be sent, so that a server that stalls pays for all who would have come meanwhile (no coordinated omission).
/// Requests that are late are pipelined on their connection.
/// </summary>
internal static class OpenLoop
{
    public static Command Command()
    {
        var port = new Option<int>("--port") { Required = true };
        var rate = new Option<double>("--rate") { Required = true, Description = "Requests per second." };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 60 };
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 64 };
        var paths = new Option<FileInfo>("--paths") { Required = true, Description = "A file of paths, one a line." };
        var command = new Command("open-loop", "Sends requests at a constant rate and prints latencies from the intended send time.")
        {
            port, rate, seconds, connections, paths,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(port), parsed.GetValue(rate), parsed.GetValue(seconds), parsed.GetValue(connections), parsed.GetValue(paths)!, cancellationToken));
        return command;
    }

    private static async Task RunAsync(int port, double rate, int seconds, int connections, FileInfo paths, CancellationToken cancellationToken)
    {
        var requests = File.ReadLines(paths.FullName).Select(path => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).ToArray();
        var lanes = new Lane[connections];
        for (var i = 0; i < connections; i++) lanes[i] = await Lane.ConnectAsync(port, cancellationToken);
        var receiving = lanes.Select(lane => lane.ReceiveAsync(cancellationToken)).ToArray();

        var total = (long)(rate * seconds);
        var sending = new Thread(() => Send(lanes, requests, rate, total)) { IsBackground = true, Priority = ThreadPriority.AboveNormal };
        sending.Start();
        while (sending.IsAlive) await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        foreach (var lane in lanes) lane.Finish();
        await Task.WhenAll(receiving).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, cancellationToken);

        var latencies = lanes.SelectMany(lane => lane.Latencies).Order().ToArray();
        Console.WriteLine(FormattableString.Invariant(
            $"| {rate:F0}/s for {seconds} s | answered {latencies.Length} of {total} | p50 {At(0.5):F3} ms | p99 {At(0.99):F3} ms | p99.9 {At(0.999):F3} ms | max {At(1):F3} ms |"));

        double At(double quantile) => latencies[Math.Max(0, (int)(latencies.Length * quantile) - 1)] * 1000.0 / Stopwatch.Frequency;
    }

    private static void Send(Lane[] lanes, byte[][] requests, double rate, long total)
    {
        using var never = new ManualResetEvent(false);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0L; i < total; i++)
        {
            var intended = start + (long)(i / rate * Stopwatch.Frequency);
            while (Stopwatch.GetTimestamp() < intended) never.WaitOne(1);
            lanes[i % lanes.Length].Send(requests[i % requests.Length], intended);
        }
    }

    private sealed class Lane(Socket socket)
    {
        private readonly ConcurrentQueue<long> _intended = new();
        private long _sent;
        private long _last = long.MaxValue;

        public List<long> Latencies { get; } = [];

        public static async Task<Lane> ConnectAsync(int port, CancellationToken cancellationToken)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new Lane(socket);
        }

        public void Send(byte[] request, long intended)
        {
            _intended.Enqueue(intended);
            _sent++;
            for (var sent = 0; sent < request.Length;) sent += socket.Send(request.AsSpan(sent));
        }

        public void Finish()
        {
            Volatile.Write(ref _last, _sent);
            if (_intended.IsEmpty) socket.Shutdown(SocketShutdown.Both);
        }

        /// <summary>Redirects have no body: every empty line ends one answer.</summary>
        public async Task ReceiveAsync(CancellationToken cancellationToken)
        {
            var buffer = new byte[65_536];
            var matched = 0;
            while (Latencies.Count < Volatile.Read(ref _last))
            {
                var received = await socket.ReceiveAsync(buffer, cancellationToken);
                if (received == 0) return;
                var now = Stopwatch.GetTimestamp();
                foreach (var octet in buffer.AsSpan(0, received))
                {
                    matched = octet == "\r\n\r\n"u8[matched] ? matched + 1 : octet == '\r' ? 1 : 0;
                    if (matched < 4) continue;
                    matched = 0;
                    if (_intended.TryDequeue(out var intended)) Latencies.Add(now - intended);
                }
            }
        }
    }
}

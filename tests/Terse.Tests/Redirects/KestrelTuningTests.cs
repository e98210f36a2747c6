using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Terse.Redirects;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Redirects;

public sealed class KestrelTuningTests
{
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Tuned_server_makes_no_activity_for_a_request_that_nobody_traces(bool tuned, bool makesActivity)
    {
        bool? activity = null;
        await using var app = await LoopbackServer.StartAsync(
            _ =>
            {
                activity = Activity.Current is not null;
                return Task.CompletedTask;
            },
            builder =>
            {
                builder.Logging.AddProvider(new EnabledLogger());
                if (tuned) builder.UseKestrelTuning(redirectsOnly: false);
            });
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var response = await client.GetAsync(app.Urls.First(), TestContext.Current.CancellationToken);
        Assert.Equal(makesActivity, activity);
        Assert.Equal(!tuned, response.Headers.Contains("Server"));
    }

    /// <summary>A client that blocks on a thread that polls sockets would hold up every visitor of that thread.</summary>
    [Fact]
    public async Task Visitors_are_served_on_the_threads_that_poll_sockets_and_nothing_else_is()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such threads.");
        await using var app = await LoopbackServer.StartAsync(
            static context => context.Response.WriteAsync(Thread.CurrentThread.IsThreadPoolThread ? "pool" : "poll"),
            static builder =>
            {
                builder.WebHost.ConfigureKestrel(static kestrel => kestrel.ConfigureEndpointDefaults(static listen => listen.UsePollingThreads()));
                builder.Services.Configure<SocketTransportOptions>(static sockets => sockets.UnsafePreferInlineScheduling = true);
            });

        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPEndPoint.Parse(new Uri(app.Urls.First()).Authority), TestContext.Current.CancellationToken);
        var answers = new List<(string Served, bool ReadOnPool)>();
        for (var i = 0; i < 20; i++) answers.Add(await AskAsync(client));

        // What comes before the polling thread has taken the connection over is served on the pool, which accepted it.
        var polled = answers.SkipWhile(static answer => answer.Served == "pool").ToList();
        Assert.NotEmpty(polled);
        Assert.All(polled, static answer => Assert.Equal(("poll", true), answer));
    }

    private static async Task<(string Served, bool ReadOnPool)> AskAsync(Socket client)
    {
        var (text, buffer) = ("", new byte[1024]);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken).ConfigureAwait(false);
        while (!text.Contains("0\r\n\r\n", StringComparison.Ordinal))
            text += Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer, TestContext.Current.CancellationToken).ConfigureAwait(false));
        return (text.Contains("poll", StringComparison.Ordinal) ? "poll" : "pool", Thread.CurrentThread.IsThreadPoolThread);
    }

    /// <summary>A logger that wants everything, as a console does, and keeps nothing.</summary>
    private sealed class EnabledLogger : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}

using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Terse.Redirects;

namespace Terse.Tests.Redirects;

public sealed class KestrelTuningTests
{
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Tuned_server_makes_no_activity_for_a_request_that_nobody_traces(bool tuned, bool makesActivity)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(new EnabledLogger());
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (tuned) builder.UseKestrelTuning(redirectsOnly: false);
        await using var app = builder.Build();
        bool? activity = null;
        app.Run(_ =>
        {
            activity = Activity.Current is not null;
            return Task.CompletedTask;
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var response = await client.GetAsync(app.Urls.First(), TestContext.Current.CancellationToken);
        Assert.Equal(makesActivity, activity);
        Assert.Equal(!tuned, response.Headers.Contains("Server"));
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

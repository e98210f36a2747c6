using Microsoft.Extensions.Logging;

namespace Terse.Tests.Infrastructure;

/// <summary>Shows the product's warnings and errors with the test that caused them.</summary>
internal sealed class TestOutputLogs : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new TestOutputLog(categoryName);

    public void Dispose()
    {
    }

    private sealed class TestOutputLog(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) TestContext.Current.TestOutputHelper?.WriteLine($"{logLevel} {category}: {formatter(state, exception)} {exception}");
        }
    }
}

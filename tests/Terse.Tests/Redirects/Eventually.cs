using System.Diagnostics;

namespace Terse.Tests.Redirects;

/// <summary>Polls with a deadline, for what real sockets and threads bring about.</summary>
internal static class Eventually
{
    public static async Task Is(long expected, Func<long> actual)
    {
        for (var deadline = Stopwatch.StartNew(); actual() != expected && deadline.Elapsed < TimeSpan.FromSeconds(30);)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(expected, actual());
    }
}

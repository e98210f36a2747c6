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

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        for (var deadline = Stopwatch.StartNew(); !await condition();)
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(30), "Not within 30 seconds.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}

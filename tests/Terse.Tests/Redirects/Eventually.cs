using System.Diagnostics;

namespace Terse.Tests.Redirects;

/// <summary>Polls with a deadline, for what real sockets and threads bring about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task Is(long expected, Func<long> actual)
    {
        for (var deadline = Stopwatch.StartNew(); actual() != expected && deadline.Elapsed < Limit;)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(expected, actual());
    }

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        for (var deadline = Stopwatch.StartNew(); !await condition();)
        {
            Assert.True(deadline.Elapsed < Limit, "Not within two minutes.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}

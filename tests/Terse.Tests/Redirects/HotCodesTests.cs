using Microsoft.Extensions.Time.Testing;
using Terse.Redirects;

namespace Terse.Tests.Redirects;

public sealed class HotCodesTests
{
    [Fact]
    public void Hot_codes_are_found_among_a_hundred_thousand_cold_ones()
    {
        var time = new FakeTimeProvider();
        var hot = new HotCodes(time);
        var random = new Random(1);
        for (var i = 0; i < 200_000; i++)
        {
            var code = random.Next(10) switch { 0 => "hottest", 1 when random.Next(2) == 0 => "hot", _ => $"cold{random.Next(100_000)}" };
            hot.Record(code, time.GetTimestamp());
        }
        var top = hot.Top(2);
        Assert.Equal(["hottest", "hot"], top.Select(code => code.Code));
        Assert.InRange(top[0].PerSecond, 0.1 * 200_000 * HotCodes.Sampling / 60 * 0.95, 0.1 * 200_000 * HotCodes.Sampling / 60 * 1.2);
    }

    [Fact]
    public void Code_that_is_no_longer_asked_for_leaves_with_the_window()
    {
        var time = new FakeTimeProvider();
        var hot = new HotCodes(time);
        hot.Record("old", time.GetTimestamp());
        time.Advance(TimeSpan.FromSeconds(30));
        hot.Record("new", time.GetTimestamp());
        Assert.Equal(2, hot.Top(10).Count);
        time.Advance(TimeSpan.FromSeconds(35));
        Assert.Equal(["new"], hot.Top(10).Select(code => code.Code));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(hot.Top(10));
    }
}

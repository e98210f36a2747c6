using Terse.Clicks;
using Terse.Codes;

namespace Terse.Tests.Contracts;

/// <summary>Makes visits for tests.</summary>
internal static class AClick
{
    public static readonly DateTimeOffset At = new(2026, 3, 1, 12, 30, 15, 123, TimeSpan.Zero);

    public static EnrichedClick Of(string code, long position, DateTimeOffset? at = null, ulong? visitor = null) => new()
    {
        Position = position,
        At = at ?? At,
        Kind = ClickKind.Redirected,
        Code = ShortCode.Parse(code),
        Visitor = visitor ?? (ulong)position,
    };

    public static EnrichedClick Missing(long position) => Of("x", position) with { Kind = ClickKind.NotFound, Code = null, Visitor = null };

    /// <summary>A click whose every text says which dimension it is of.</summary>
    public static EnrichedClick WithEveryField(string code, long position, string suffix = "") => Of(code, position) with
    {
        Referrer = "referrer" + suffix,
        Country = "country" + suffix,
        City = "city ü🙂" + suffix,
        Browser = "browser" + suffix,
        System = "system" + suffix,
        Device = "device" + suffix,
        Language = "language" + suffix,
        Source = "source" + suffix,
        Medium = "medium" + suffix,
        Campaign = "campaign \"quoted\", and\nlines" + suffix,
    };
}

using System.Globalization;
using Terse.Clicks;
using Terse.Codes;

namespace Terse.Benchmarks;

/// <summary>
/// Clicks evenly over 90 days: links by Zipf's law, and dimensions as skewed as they are in life. Each batch is made from its own number, so a load
/// that broke off goes on with the same clicks.
/// </summary>
internal sealed class SyntheticClicks(long rows, int links)
{
    public const int Days = 90;

    /// <summary>The clicks of one batch: as many as a worker takes at once that has to catch up (<c>Terse:Clicks:BatchSize</c> at its most).</summary>
    public const int Batch = 100_000;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Browsers = ["Chrome Mobile", "Chrome", "Mobile Safari", "Safari", "Edge", "Firefox", "Samsung Internet", "Opera"];
    private static readonly string[] Systems = ["Android", "Windows", "iOS", "Mac OS X", "Linux", "Chrome OS"];
    private static readonly string[] Devices = ["mobile", "desktop", "tablet"];
    private static readonly string[] Sources = ["newsletter", "twitter", "facebook", "google", "linkedin", "poster"];
    private static readonly string[] Media = ["email", "social", "cpc", "print"];

    private readonly string[] _codes = [.. Enumerable.Range(0, links).Select(static rank => Code(rank).Value)];

    public static DateTimeOffset End => Start.AddDays(Days);

    public static ShortCode Code(int rank) => ShortCode.Parse(string.Create(CultureInfo.InvariantCulture, $"b{rank:D6}"));

    public static string Country(int rank) => $"{(char)('A' + rank / 26 % 26)}{(char)('A' + rank % 26)}";

    public static string Browser(int rank) => Browsers[rank];

    /// <summary>When the click of this position was.</summary>
    public DateTimeOffset At(long position) => Start.AddTicks((long)((End - Start).Ticks * (position / (double)rows)));

    public List<EnrichedClick> Make(long batch, int count)
    {
        var random = new Random((int)(batch % int.MaxValue));
        var link = new Zipf(links, 1.0, random);
        var (country, city, referrer, few, language, campaign) =
            (new Zipf(80, 1.2, random), new Zipf(40, 1.0, random), new Zipf(3_000, 1.1, random), new Zipf(6, 1.0, random), new Zipf(30, 1.3, random), new Zipf(400, 1.0, random));
        var clicks = new List<EnrichedClick>(count);
        var first = batch * Batch;
        for (var i = 1; i <= count; i++)
        {
            var (bot, tagged, at) = (random.Next(100) < 15, random.Next(100) < 20, At(first + i - 1));
            var from = country.Next();
            clicks.Add(new EnrichedClick
            {
                Position = first + i,
                At = at,
                Kind = random.Next(100) < 2 ? ClickKind.Ended : ClickKind.Redirected,
                Code = ShortCode.Parse(_codes[link.Next()]),
                IsBot = bot,
                Visitor = bot ? null : (ulong)random.NextInt64(Math.Max(1, rows / Days / 3)) * 0x9E3779B97F4A7C15,
                Referrer = random.Next(100) < 45 ? "" : string.Create(CultureInfo.InvariantCulture, $"site{referrer.Next()}.example"),
                Country = Country(from),
                City = string.Create(CultureInfo.InvariantCulture, $"City {from}-{city.Next()}"),
                Browser = Browsers[few.Next()],
                System = Systems[few.Next()],
                Device = Devices[few.Next() / 2],
                Language = string.Create(CultureInfo.InvariantCulture, $"l{language.Next()}"),
                Source = tagged ? Sources[few.Next()] : "",
                Medium = tagged ? Media[few.Next() / 2] : "",
                Campaign = tagged ? string.Create(CultureInfo.InvariantCulture, $"campaign {campaign.Next()}") : "",
            });
        }
        return clicks;
    }
}

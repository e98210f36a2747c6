using Microsoft.Extensions.DependencyInjection;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.EndToEnd.Dashboard;

/// <summary>
/// A data directory with a past: links of some months, and two months of clicks on them, written through the ports into the real stores before
/// the program starts. The same for every run of a day.
/// </summary>
internal static class DashboardSeed
{
    private const int Days = 61;

    private static readonly (string Code, string Url, string? Title, string[] Tags, int Weight)[] Named =
    [
        ("spring-sale", "https://shop.example.com/spring/sale?utm_source=newsletter&utm_campaign=spring", "Spring sale", ["newsletter", "spring"], 100),
        ("getting-started", "https://docs.example.org/guide/getting-started", "Getting started guide", ["docs"], 46),
        ("gh", "https://code.example.org/terse/terse", "Source code", ["docs", "open-source"], 31),
        ("jobs", "https://example.com/careers", "We are hiring", ["hiring"], 17),
        ("standup", "https://meet.example.com/rooms/standup", "Daily stand-up", ["team"], 12),
        ("berlin", "https://maps.example.com/place/berlin-office", "Berlin office", ["team", "places"], 8),
        ("launch", "https://example.com/press/2026/launch-announcement", "Launch announcement", ["press"], 22),
        ("menu", "https://cafe.example.com/menu.pdf", "Lunch menu", [], 5),
    ];

    private static readonly (string Value, int Weight)[] Countries =
        [("US", 30), ("DE", 19), ("GB", 12), ("IN", 11), ("BR", 7), ("FR", 7), ("JP", 6), ("NL", 5), ("AU", 4), ("CA", 4), ("ES", 3), ("PL", 3), ("ZA", 2), ("KE", 1), ("MX", 2), ("SE", 2), ("ID", 2), ("AR", 1), ("EG", 1), ("TR", 1)];

    private static readonly (string Value, int Weight)[] Referrers = [("", 34), ("news.example.org", 22), ("mail.example.com", 18), ("social.example.net", 13), ("search.example.com", 11), ("forum.example.org", 4)];
    private static readonly (string Value, int Weight)[] Devices = [("mobile", 52), ("desktop", 41), ("tablet", 7)];
    private static readonly (string Value, int Weight)[] Browsers = [("Chrome", 48), ("Safari", 29), ("Firefox", 11), ("Edge", 9), ("Samsung Internet", 3)];
    private static readonly (string Value, int Weight)[] Systems = [("Android", 34), ("iOS", 25), ("Windows", 22), ("macOS", 13), ("Linux", 6)];
    private static readonly (string Value, int Weight)[] Languages = [("en", 55), ("de", 20), ("fr", 8), ("pt", 8), ("ja", 6), ("es", 6)];
    private static readonly (string Value, int Weight)[] Cities = [("", 60), ("Berlin", 9), ("New York", 8), ("London", 7), ("São Paulo", 5), ("Bengaluru", 5), ("Tokyo", 4), ("Amsterdam", 3)];
    private static readonly (string Value, int Weight)[] Campaigns = [("", 50), ("spring", 30), ("launch-week", 14), ("retargeting", 6)];

    public static async Task WriteAsync(string data, CancellationToken cancellationToken)
    {
        using var stores = await Stores.OpenAsync(new Dictionary<string, string?> { ["Terse:Data"] = data }, mayCreate: true, _ => { }, cancellationToken);
        var now = TimeProvider.System.GetUtcNow();
        await WriteLinksAsync(stores.Services.GetRequiredService<ILinkStore>(), now, cancellationToken);
        await WriteClicksAsync(stores.Services.GetRequiredService<IClickStore>(), now, cancellationToken);
        await SetAsideAsync(stores.Services.GetRequiredService<IClickQueue>(), now, cancellationToken);
        await stores.StopAsync(cancellationToken);
    }

    private static async Task WriteLinksAsync(ILinkStore links, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var many = Enumerable.Range(0, 140).Select(i =>
        {
            var link = Of($"page{i:000}", $"https://example.com/articles/{i}", now.AddDays(-200 + i), null, i % 3 == 0 ? ["articles"] : []) with { Disabled = i % 17 == 0 };
            return i % 11 == 0 ? link with { ExpiresAt = link.CreatedAt.AddDays(1), EndsAt = link.CreatedAt.AddDays(1) } : link;
        });
        var named = Named.Reverse().Select((link, i) => Of(link.Code, link.Url, now.AddDays(-60 + i), link.Title, link.Tags));
        await links.AddManyAsync([.. many, .. named], cancellationToken);
    }

    private static async Task WriteClicksAsync(IClickStore store, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var random = new Random(20261124);
        var clicks = new List<EnrichedClick>();
        for (var day = -Days; day < 0; day++)
        {
            // A weekly rhythm, slow growth, and one day on which a post went round.
            var at = now.AddDays(day);
            var busy = (at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0.55 : 1) * (1 + (day + Days) / 80.0) * (day == -9 ? 2.4 : day == -8 ? 1.7 : 1);
            foreach (var (code, _, _, _, weight) in Named)
            {
                for (var i = (int)(weight * 1.3 * busy * (0.8 + random.NextDouble() * 0.4)); i > 0; i--) clicks.Add(Click(random, code, at.AddMinutes(random.Next(1440))));
            }
        }

        clicks.Sort((a, b) => a.At.CompareTo(b.At));
        foreach (var batch in clicks.Where(click => click.At < now).Select((click, i) => click with { Position = i + 1 }).Chunk(5_000))
            await store.WriteAsync("seed", batch, cancellationToken);
    }

    private static async Task SetAsideAsync(IClickQueue queue, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (position, reason) = (0L, "The click store was away for a day.");
        foreach (var code in new[] { "menu", "jobs", "launch", "launch" })
        {
            var record = new ClickRecord(++position, now.AddHours(-3), ClickKind.Redirected, code, ClickFlags.None, null, "Mozilla/5.0 (Macintosh) Safari/605.1.15", "https://news.example.org/", "en", "");
            var delivery = new ClickDelivery("seeded", [new QueuedClick(position, Body(record))], 12);
            await queue.SetAsideAsync(delivery, DeadLetter.Of(delivery, delivery.Clicks[0], reason, now.AddHours(-2)), cancellationToken);
        }
    }

    private static byte[] Body(in ClickRecord record)
    {
        var body = new byte[ClickFormat.MaxLength];
        return body[..ClickFormat.Write(record, body)];
    }

    private static EnrichedClick Click(Random random, string code, DateTimeOffset at)
    {
        var bot = random.Next(100) < 13;
        var mobile = Pick(random, Devices);
        return new EnrichedClick
        {
            Position = 0,
            At = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()),
            Kind = ClickKind.Redirected,
            Code = ShortCode.Parse(code),
            IsBot = bot,
            Visitor = bot ? null : (ulong)random.Next(4_000),
            Country = Pick(random, Countries),
            Referrer = Pick(random, Referrers),
            Device = mobile,
            Browser = bot ? "" : Pick(random, Browsers),
            System = bot ? "" : Pick(random, Systems),
            Campaign = Pick(random, Campaigns),
            Language = Pick(random, Languages),
            City = Pick(random, Cities),
        };
    }

    private static string Pick(Random random, (string Value, int Weight)[] values)
    {
        var at = random.Next(values.Sum(value => value.Weight));
        foreach (var (value, weight) in values)
            if ((at -= weight) < 0) return value;
        return values[^1].Value;
    }

    private static Link Of(string code, string url, DateTimeOffset at, string? title, string[] tags) => new()
    {
        Code = ShortCode.Parse(code),
        Destination = url,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()),
        EndsAt = DateTimeOffset.FromUnixTimeMilliseconds(at.AddYears(5).ToUnixTimeMilliseconds()),
        Title = title,
        Tags = [.. tags.Order(StringComparer.Ordinal)],
        Owner = "AAAAAAAAAA",
        Version = at.ToUnixTimeMilliseconds(),
        IsAlias = true,
    };
}

using DuckDB.NET.Data;
using Terse.Clicks;

namespace Terse.Adapters.DuckDb;

/// <summary>
/// Writes one batch inside the caller's transaction.
/// 1. Leave out what the source's watermark covers. 2. Turn texts and links into numbers. 3. Ask which visitors came before.
/// 4. Append the visits, and add them to the totals. 5. Move the watermark.
/// </summary>
internal sealed class ClickWriter(ClickWords words, LinkIds links)
{
    private const int MinutesPerDay = 1440;

    public IReadOnlyList<EnrichedClick> Write(DuckDBConnection connection, string source, IReadOnlyList<EnrichedClick> clicks)
    {
        // 1. Leave out
        var watermark = ReadWatermark(connection, source) ?? long.MinValue;
        var fresh = clicks.Where(click => click.Position > watermark).ToList();
        if (fresh.Count == 0) return [];

        // 2. Numbers
        var ids = links.GetOrAdd(connection, fresh.Where(static click => click.Code is not null).Select(static click => click.Code!.Value.Value).ToHashSet(StringComparer.Ordinal));

        // 3. Visitors
        var seen = new SeenVisitors(connection);
        foreach (var click in fresh)
        {
            if (!IsVisit(click)) continue;
            seen.Ask(Day(click), click.Visitor!.Value);
            seen.Ask(Day(click), SeenVisitors.OnLink(click.Visitor.Value, ids[click.Code!.Value.Value]));
        }
        seen.Load();

        // 4. Append
        Append(connection, fresh, ids, seen);
        seen.Save();
        words.Save(connection);

        // 5. Watermark
        DuckDbDatabase.Execute(
            connection, "INSERT INTO sources VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET watermark = excluded.watermark", source, fresh[^1].Position);
        return fresh;
    }

    public static long? ReadWatermark(DuckDBConnection connection, string source)
    {
        using var command = DuckDbDatabase.Command(connection, "SELECT watermark FROM sources WHERE source = ?", source);
        return command.ExecuteScalar() as long?;
    }

    private void Append(DuckDBConnection connection, List<EnrichedClick> clicks, Dictionary<string, uint> ids, SeenVisitors seen)
    {
        var totals = new TotalsBatch();
        using var appender = connection.CreateAppender("minutes");
        foreach (var click in clicks)
        {
            var minute = Minute(click);
            var link = click.Code is { } code ? ids[code.Value] : 0;
            var visit = IsVisit(click);
            var site = visit && seen.IsFirst(Day(click), click.Visitor!.Value) ? 1 : 0;
            var onLink = visit && seen.IsFirst(Day(click), SeenVisitors.OnLink(click.Visitor!.Value, link)) ? 1 : 0;
            var human = click.IsBot ? 0 : 1;
            var counts = new ClickCounts(1, human, site);
            var hour = totals.Of(minute - minute % 60, click.Kind);

            hour.Add(TotalsBatch.All, 0, counts);
            hour.Add((byte)ClickDimension.Link, link, counts with { Visitors = onLink });
            var row = appender.CreateRow().AppendValue(minute).AppendValue(link).AppendValue((byte)click.Kind);
            foreach (var dimension in DuckDbSchema.Dimensions)
            {
                var word = words.GetOrAdd(dimension, click[dimension]);
                row.AppendValue(word);
                hour.Add((byte)dimension, word, counts);
            }

            // The cast matters: a constant 1 would be appended as one byte.
            row.AppendValue((int?)1).AppendValue(human).AppendValue(onLink).AppendValue(site).EndRow();
        }
        totals.Save(connection);
    }

    private static bool IsVisit(EnrichedClick click) =>
        click is { Kind: ClickKind.Redirected, IsBot: false, Visitor: not null, Code: not null };

    private static uint Minute(EnrichedClick click) => (uint)(click.At.ToUnixTimeSeconds() / 60);

    private static int Day(EnrichedClick click) => (int)(Minute(click) / MinutesPerDay);
}

using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;
using Terse.Clicks;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// Writes one batch inside the caller's transaction.
/// 1. Open the partitions. 2. Hold the source's watermark, and leave out what it covers. 3. Ask which visitors came before. 4. Copy the visits, and what
/// they add to the totals. 5. Move the watermark. Writers of one source wait for each other; others do not, but for a visitor that both see first.
/// </summary>
internal static class ClickWriter
{
    private const int MinutesPerDay = 1440;

    public static async Task<IReadOnlyList<EnrichedClick>> WriteAsync(
        NpgsqlConnection connection, string source, IReadOnlyList<EnrichedClick> clicks, CancellationToken cancellationToken)
    {
        // 1. Open
        await ClickPartitions.OpenAsync(connection, "click_minutes", clicks.Select(Minute), cancellationToken);

        // 2. Hold the watermark
        var watermark = (await connection.QueryAsync(
            """
            INSERT INTO click_sources VALUES ($1, $2)
            ON CONFLICT (source) DO UPDATE SET watermark = click_sources.watermark RETURNING watermark
            """,
            static row => row.GetInt64(0), cancellationToken, source, long.MinValue))[0];
        var fresh = clicks.Where(click => click.Position > watermark).ToList();
        if (fresh.Count == 0) return [];

        // 3. Visitors
        var first = await FirstVisitsAsync(connection, fresh, cancellationToken);

        // 4. Copy
        var totals = new Dictionary<(int Hour, ClickKind Kind, int Dimension, string Value), ClickCounts>();
        await using (var copy = await connection.BeginBinaryImportAsync($"COPY click_minutes ({ClickSchema.VisitColumns}) FROM STDIN (FORMAT BINARY)", cancellationToken))
        {
            foreach (var click in fresh) await CopyAsync(copy, click, first, totals, cancellationToken);
            await copy.CompleteAsync(cancellationToken);
        }
        await CopyAsync(connection, totals, cancellationToken);

        // 5. Move the watermark
        await using var move = connection.Prepare("UPDATE click_sources SET watermark = $2 WHERE source = $1", source, fresh[^1].Position);
        await move.ExecuteNonQueryAsync(cancellationToken);
        return fresh;
    }

    public static int Minute(EnrichedClick click) => (int)(click.At.ToUnixTimeSeconds() / 60);

    /// <summary>The visitors of this batch that were not seen before on their day: on their link, and on any (""). Taken from it by whoever counts them.</summary>
    private static async Task<HashSet<(int Day, string Link, long Visitor)>> FirstVisitsAsync(
        NpgsqlConnection connection, List<EnrichedClick> clicks, CancellationToken cancellationToken)
    {
        var asked = new HashSet<(int Day, string Link, long Visitor)>();
        foreach (var click in clicks)
        {
            if (!IsVisit(click)) continue;
            asked.Add(Seen(click, ""));
            asked.Add(Seen(click, click.Code!.Value.Value));
        }
        if (asked.Count == 0) return asked;

        // In one order, so that writers do not wait for each other in a circle.
        var keys = asked.ToArray();
        return
        [
            .. await connection.QueryAsync(
                """
                INSERT INTO click_seen SELECT * FROM unnest($1, $2, $3) AS key (day, link, visitor) ORDER BY day, link COLLATE "C", visitor
                ON CONFLICT DO NOTHING RETURNING day, link, visitor
                """,
                static row => (row.GetInt32(0), row.GetString(1), row.GetInt64(2)), cancellationToken,
                keys.Select(static key => key.Day).ToArray(), keys.Select(static key => key.Link).ToArray(), keys.Select(static key => key.Visitor).ToArray()),
        ];
    }

    private static async Task CopyAsync(
        NpgsqlBinaryImporter copy, EnrichedClick click, HashSet<(int, string, long)> first,
        Dictionary<(int, ClickKind, int, string), ClickCounts> totals, CancellationToken cancellationToken)
    {
        var (minute, link) = (Minute(click), click[ClickDimension.Link]);
        var visit = IsVisit(click);
        var site = visit && first.Remove(Seen(click, "")) ? 1 : 0;
        var onLink = visit && first.Remove(Seen(click, link)) ? 1 : 0;
        var human = click.IsBot ? 0 : 1;
        var (hour, counts) = (minute - minute % 60, new ClickCounts(1, human, site));

        Add(totals, (hour, click.Kind, 0, ""), counts);
        Add(totals, (hour, click.Kind, (int)ClickDimension.Link, link), counts with { Visitors = onLink });
        await copy.StartRowAsync(cancellationToken);
        await copy.WriteAsync(minute, NpgsqlDbType.Integer, cancellationToken);
        await copy.WriteAsync(link, NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync((short)click.Kind, NpgsqlDbType.Smallint, cancellationToken);
        foreach (var dimension in ClickSchema.Dimensions)
        {
            await copy.WriteAsync(click[dimension], NpgsqlDbType.Text, cancellationToken);
            Add(totals, (hour, click.Kind, (int)dimension, click[dimension]), counts);
        }
        foreach (var count in new[] { 1, human, onLink, site }) await copy.WriteAsync(count, NpgsqlDbType.Integer, cancellationToken);
    }

    private static async Task CopyAsync(
        NpgsqlConnection connection, Dictionary<(int Hour, ClickKind Kind, int Dimension, string Value), ClickCounts> totals, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY click_totals_fresh ({ClickSchema.TotalColumns}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var ((hour, kind, dimension, value), counts) in totals)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(hour, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync((short)kind, NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync((short)dimension, NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync(value, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync((int)counts.Clicks, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync((int)counts.Humans, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync((int)counts.Visitors, NpgsqlDbType.Integer, cancellationToken);
        }
        await copy.CompleteAsync(cancellationToken);
    }

    private static void Add(Dictionary<(int, ClickKind, int, string), ClickCounts> totals, (int, ClickKind, int, string) key, ClickCounts counts)
    {
        ref var total = ref CollectionsMarshal.GetValueRefOrAddDefault(totals, key, out _);
        total += counts;
    }

    private static (int, string, long) Seen(EnrichedClick click, string link) => (Minute(click) / MinutesPerDay, link, unchecked((long)click.Visitor!.Value));

    private static bool IsVisit(EnrichedClick click) => click is { Kind: ClickKind.Redirected, IsBot: false, Visitor: not null, Code: not null };
}

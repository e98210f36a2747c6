namespace Terse.Clicks.Statistics;

/// <summary>A span of time cut into units of a time zone: the start of each, and the end of the last. What is asked for is widened to whole units.</summary>
internal sealed class TimeSpans
{
    private const int MinutesPerDay = 1440;

    private TimeSpans(StatisticsUnit unit, TimeZoneInfo zone, List<DateTimeOffset> starts, DateTimeOffset end) =>
        (Unit, Zone, Starts, End) = (unit, zone, starts, end);

    public StatisticsUnit Unit { get; }

    public TimeZoneInfo Zone { get; }

    /// <summary>At the offset of the zone.</summary>
    public IReadOnlyList<DateTimeOffset> Starts { get; }

    public DateTimeOffset End { get; }

    public DateTimeOffset From => Starts[0];

    /// <summary>The coarsest unit of the store whose points do not straddle a start: whole days where all are midnights of UTC.</summary>
    public ClickUnit StoreUnit => Starts.Append(End).Min(Finest);

    /// <summary>The units that cover a span, or null when there would be more than <paramref name="limit"/>.</summary>
    public static TimeSpans? Of(DateTimeOffset from, DateTimeOffset to, StatisticsUnit unit, TimeZoneInfo zone, int limit)
    {
        var starts = new List<DateTimeOffset>();
        var at = Floor(from, unit, zone);
        while (at < to)
        {
            if (starts.Count == limit) return null;
            starts.Add(at);
            at = Next(at, unit, zone);
        }
        return starts.Count == 0 ? null : new TimeSpans(unit, zone, starts, at);
    }

    /// <summary>The instant that a clock of the zone shows, the first one if it shows it twice; where it is skipped, the instant of the leap.</summary>
    public static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone) =>
        new(local, zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local));

    /// <summary>Adds up points of the store, which are in order of time, to one count per unit; units without visits are zero.</summary>
    public ClickCounts[] Fill(IReadOnlyList<ClickPoint> points)
    {
        var counts = new ClickCounts[Starts.Count];
        var unit = 0;
        foreach (var point in points)
        {
            while (unit + 1 < counts.Length && Starts[unit + 1] <= point.At) unit++;
            counts[unit] += point.Counts;
        }
        return counts;
    }

    private static DateTimeOffset Floor(DateTimeOffset instant, StatisticsUnit unit, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone);
        return unit switch
        {
            StatisticsUnit.Minute => local.AddTicks(-(local.Ticks % TimeSpan.TicksPerMinute)),
            StatisticsUnit.Hour => local.AddTicks(-(local.Ticks % TimeSpan.TicksPerHour)),
            StatisticsUnit.Day => Show(local.Date, zone),
            StatisticsUnit.Week => Show(local.Date.AddDays(-(((int)local.DayOfWeek + 6) % 7)), zone),
            _ => Show(new DateTime(local.Year, local.Month, 1), zone),
        };
    }

    private static DateTimeOffset Next(DateTimeOffset start, StatisticsUnit unit, TimeZoneInfo zone) => unit switch
    {
        StatisticsUnit.Minute => TimeZoneInfo.ConvertTime(start.AddMinutes(1), zone),
        StatisticsUnit.Hour => TimeZoneInfo.ConvertTime(start.AddHours(1), zone),
        StatisticsUnit.Day => Show(Date(start).AddDays(1), zone),
        StatisticsUnit.Week => Show(Date(start).AddDays(7), zone),
        _ => Show(new DateTime(start.Year, start.Month, 1).AddMonths(1), zone),
    };

    /// <summary>The day that a start stands for. Where midnight is skipped it shows one o'clock, so the date is all that counts.</summary>
    private static DateTime Date(DateTimeOffset start) => start.Date;

    private static DateTimeOffset Show(DateTime midnight, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(Instant(midnight, zone), zone);

    private static ClickUnit Finest(DateTimeOffset start) => (start.ToUnixTimeSeconds() / 60 % MinutesPerDay) switch
    {
        0 => ClickUnit.Day,
        var minute when minute % 60 == 0 => ClickUnit.Hour,
        _ => ClickUnit.Minute,
    };
}

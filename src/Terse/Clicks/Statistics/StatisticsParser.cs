using System.Globalization;
using Terse.Codes;
using Terse.Links;

namespace Terse.Clicks.Statistics;

/// <summary>Reads the parameters of statistics, and says of every one that is wrong why.</summary>
internal static class StatisticsParser
{
    /// <summary>A week of minutes, 14 months of hours, 27 years of days.</summary>
    public const int MaxPoints = 10_080;
    public const int MaxLimit = 1_000;
    private const int MaxValue = 512;

    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(30);
    private static readonly TimeSpan MinutesUpTo = TimeSpan.FromHours(6);
    private static readonly TimeSpan HoursUpTo = TimeSpan.FromDays(8);

    /// <summary>The query, or null when <paramref name="errors"/> has reasons.</summary>
    public static StatisticsQuery? Parse(StatisticsParameters asked, ShortCode? code, DateTimeOffset now, FieldErrors errors)
    {
        var spans = ParseSpans(asked, now, errors);
        var kind = ParseKind(asked.Kind, code, errors);
        var filters = ParseFilters(asked.Filter ?? [], code, errors);
        var groupBy = ParseGroupBy(asked.GroupBy ?? [], errors);
        var limit = 10;
        if (asked.Limit is not null && (!int.TryParse(asked.Limit, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
            errors.Add("limit", $"The limit is 1 to {MaxLimit}.");
        if (asked.Format is not (null or "json" or "csv")) errors.Add("format", "The format is json or csv.");
        return errors.Any ? null : new StatisticsQuery(code, spans!) { Kind = kind, Filters = filters, GroupBy = groupBy, Limit = limit };
    }

    private static TimeSpans? ParseSpans(StatisticsParameters asked, DateTimeOffset now, FieldErrors errors)
    {
        var zone = TimeZoneInfo.Utc;
        if (asked.TimeZone is { } id && (id.Length > 64 || !TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone)))
        {
            errors.Add("timeZone", "Not a known IANA time zone, such as Europe/Zurich.");
            zone = TimeZoneInfo.Utc;
        }
        StatisticsUnit? unit = null;
        if (asked.Unit is not null)
        {
            if (ClickNames.TryUnit(asked.Unit, out var given)) unit = given;
            else errors.Add("unit", "The unit is minute, hour, day, week or month.");
        }

        var to = ParseInstant("to", asked.To, now, zone!, now, errors);
        var from = ParseInstant("from", asked.From, to is { } end && end - DateTimeOffset.UnixEpoch > DefaultSpan ? end - DefaultSpan : DateTimeOffset.UnixEpoch, zone!, now, errors);
        if (from is null || to is null || errors.Any) return null;
        if (from >= to)
        {
            errors.Add("from", "The start must be before the end.");
            return null;
        }

        var span = to.Value - from.Value;
        unit ??= span <= MinutesUpTo ? StatisticsUnit.Minute : span <= HoursUpTo ? StatisticsUnit.Hour : StatisticsUnit.Day;
        var spans = TimeSpans.Of(from.Value, to.Value, unit.Value, zone!, MaxPoints);
        if (spans is null) errors.Add("unit", $"This span has more than {MaxPoints} points: take a coarser unit or a shorter span.");
        return spans;
    }

    private static DateTimeOffset? ParseInstant(string field, string? text, DateTimeOffset byDefault, TimeZoneInfo zone, DateTimeOffset now, FieldErrors errors)
    {
        if (text is null) return byDefault;
        var culture = CultureInfo.InvariantCulture;

        // An offset's plus sign that was not escaped arrives as a space.
        var written = text.Trim().Replace(' ', '+');
        DateTimeOffset? instant = null;
        if (DateOnly.TryParseExact(written, "yyyy-MM-dd", culture, DateTimeStyles.None, out var date) && date < DateOnly.MaxValue)
            instant = TimeSpans.Instant(date.AddDays(field == "to" ? 1 : 0).ToDateTime(TimeOnly.MinValue), zone);
        else if (DateTime.TryParseExact(written, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"], culture, DateTimeStyles.None, out var local))
            instant = TimeSpans.Instant(local, zone);
        else if (DateTimeOffset.TryParseExact(written, ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], culture, DateTimeStyles.AssumeUniversal, out var offset))
            instant = offset;
        else if (text.Length > 0 && !text.All(char.IsAsciiDigit) && Lifetime.TryParse(text, out var ago) && ago.Value < now - DateTimeOffset.UnixEpoch)
            instant = now - ago.Value;

        if (instant is { Year: >= 1970 and < 9000 }) return instant;
        errors.Add(field, "Give an instant such as 2026-01-31T08:00:00Z, a date such as 2026-01-31, or how long ago, such as 7d.");
        return null;
    }

    private static ClickKind ParseKind(string? text, ShortCode? code, FieldErrors errors)
    {
        if (text is null) return ClickKind.Redirected;
        if (!ClickNames.TryKind(text, out var kind)) errors.Add("kind", "The kind is clicks, ended or notFound.");
        else if (kind == ClickKind.NotFound && code is not null) errors.Add("kind", "A code that was not found is no link: ask for notFound over all links.");
        return kind;
    }

    private static List<ClickDimension> ParseGroupBy(string[] texts, FieldErrors errors)
    {
        var dimensions = new List<ClickDimension>();
        foreach (var text in texts.SelectMany(static text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!ClickNames.TryDimension(text, out var dimension)) errors.Add("groupBy", $"There is no dimension \"{Cut(text)}\". {ClickNames.LegalDimensions}");
            else if (!dimensions.Contains(dimension)) dimensions.Add(dimension);
        }
        return dimensions;
    }

    private static List<ClickFilter> ParseFilters(string[] texts, ShortCode? code, FieldErrors errors)
    {
        var filters = new List<ClickFilter>();
        foreach (var text in texts)
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1) errors.Add("filter", $"\"{Cut(text)}\" is not a dimension, a colon and a value, such as country:DE.");
            else if (!ClickNames.TryDimension(text[..colon], out var dimension)) errors.Add("filter", $"There is no dimension \"{Cut(text[..colon])}\". {ClickNames.LegalDimensions}");
            else if (text.Length - colon - 1 > MaxValue) errors.Add("filter", $"A value has at most {MaxValue} characters.");
            else if (text.Any(char.IsControl)) errors.Add("filter", "A value has no control characters.");
            else if (filters.Any(filter => filter.Dimension == dimension)) errors.Add("filter", $"There are two filters for {text[..colon]}: give one per dimension.");
            else if (dimension == ClickDimension.Link && code is not null) errors.Add("filter", "These are the statistics of one link already.");
            else filters.Add(new ClickFilter(dimension, Normalize(dimension, text[(colon + 1)..])));
        }
        return filters;
    }

    /// <summary>As enrichment writes it.</summary>
    private static string Normalize(ClickDimension dimension, string value) => dimension switch
    {
        ClickDimension.Country => value.ToUpperInvariant(),
        ClickDimension.Referrer or ClickDimension.Device or ClickDimension.Language => value.ToLowerInvariant(),
        _ => value,
    };

    private static string Cut(string text) => text.Length <= 50 ? text : text[..50] + "…";
}

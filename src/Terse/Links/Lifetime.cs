using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Terse.Links;

/// <summary>A span of time as people write it: a number of seconds, or words such as <c>90s</c>, <c>15 min</c>, <c>8h</c>, <c>2 days</c>, <c>1 week</c>, <c>2w 3d</c>.</summary>
[JsonConverter(typeof(LifetimeJsonConverter))]
public readonly partial record struct Lifetime(TimeSpan Value)
{
    private const long MaxSeconds = 200L * 366 * 86_400;

    public static bool TryParse(string? text, out Lifetime lifetime)
    {
        lifetime = default;
        if (string.IsNullOrWhiteSpace(text) || text.Length > 100) return false;
        if (long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return TryFromSeconds(number, out lifetime);

        long total = 0;
        var match = Whole().Match(text);
        if (!match.Success) return false;
        for (var i = 0; i < match.Groups["n"].Captures.Count; i++)
        {
            if (!long.TryParse(match.Groups["n"].Captures[i].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
            if (count > MaxSeconds) return false;
            total += count * SecondsOf(match.Groups["unit"].Captures[i].Value);
        }

        return TryFromSeconds(total, out lifetime);
    }

    public static bool TryFromSeconds(long seconds, out Lifetime lifetime)
    {
        var legal = seconds is >= 0 and <= MaxSeconds;
        lifetime = legal ? new Lifetime(TimeSpan.FromSeconds(seconds)) : default;
        return legal;
    }

    private static long SecondsOf(string unit) => unit.ToLowerInvariant() switch
    {
        "month" or "months" => 30L * 86_400,
        ['s', ..] => 1,
        ['m', ..] => 60,
        ['h', ..] => 3_600,
        ['d', ..] => 86_400,
        ['w', ..] => 7 * 86_400,
        _ => 365L * 86_400,
    };

    // Each part is atomic, and its unit ends where its letters end: otherwise blanks between parts can be shared out in ways without number.
    [GeneratedRegex(
        @"^\s*(?>(?<n>\d{1,12})\s*(?<unit>seconds?|secs?|s|minutes?|mins?|months?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w|years?|yrs?|y)(?![a-z])\s*,?\s*)+$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Whole();
}

internal sealed class LifetimeJsonConverter : JsonConverter<Lifetime>
{
    public override Lifetime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var seconds) && Lifetime.TryFromSeconds(seconds, out var lifetime)) return lifetime;
        if (reader.TokenType == JsonTokenType.String && Lifetime.TryParse(reader.GetString(), out lifetime)) return lifetime;
        throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, Lifetime value, JsonSerializerOptions options) =>
        writer.WriteNumberValue((long)value.Value.TotalSeconds);
}

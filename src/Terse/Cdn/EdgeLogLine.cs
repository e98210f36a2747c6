using System.Globalization;
using System.Text.Json;
using Terse.Clicks;
using Terse.Codes;

namespace Terse.Cdn;

/// <summary>A line of an edge cache's log: a JSON object with the names below, as deploy/varnish/terse.vcl and docs/operations.md have them written.</summary>
internal static class EdgeLogLine
{
    /// <summary>The redirect that the cache answered by itself, or null: a miss, which a node has counted, or a request for something else.</summary>
    /// <exception cref="FormatException">It is not such a line.</exception>
    public static EdgeVisit? Read(ReadOnlyMemory<byte> line, long position)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return Read(json.RootElement, position);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or OverflowException or ArgumentOutOfRangeException)
        {
            throw new FormatException($"It is not a line of the form that is documented: {e.Message}", e);
        }
    }

    private static EdgeVisit? Read(JsonElement line, long position)
    {
        // "hit", "HIT-CLUSTER", nginx's STALE and UPDATING: nobody behind the cache was asked before the answer.
        var cache = Text(line, "cache");
        if (!cache.StartsWith("hit", StringComparison.OrdinalIgnoreCase) && !cache.Equals("stale", StringComparison.OrdinalIgnoreCase) && !cache.Equals("updating", StringComparison.OrdinalIgnoreCase)) return null;
        var method = Text(line, "method");
        if (method is not ("GET" or "HEAD") || Number(line.GetProperty("status")) is not (301 or 302 or 307 or 308)) return null;
        var url = Text(line, "url");
        var query = url.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? url : url[..query];
        if (path.Length < 2 || path[0] != '/' || !ShortCode.IsWellFormed(path.AsSpan(1))) return null;

        var flags = VisitFlags.Of(Text(line, "gpc"), Text(line, "dnt"), Text(line, "purpose"));
        var visit = new EdgeVisit(
            position, At(line.GetProperty("at")), path[1..], Head: method == "HEAD", Prefetch: flags.HasFlag(ClickFlags.Prefetch), Private: flags.HasFlag(ClickFlags.Private));
        return visit.Private ? visit : visit with
        {
            Address = Given("address"),
            UserAgent = Given("userAgent"),
            Referrer = Given("referrer"),
            AcceptLanguage = Given("acceptLanguage"),
            Query = query >= 0 && url.Contains("utm_", StringComparison.OrdinalIgnoreCase) ? url[query..] : null,
        };

        string? Given(string name) => Text(line, name) is { Length: > 0 } text ? text : null;
    }

    // Logs write - where there is nothing.
    private static string Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null && value.GetString() is { } text && text != "-" ? text : "";

    private static long Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetInt64() : long.Parse(value.GetString()!, CultureInfo.InvariantCulture);

    private static DateTimeOffset At(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? DateTimeOffset.FromUnixTimeMilliseconds(value.GetInt64())
        : DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}

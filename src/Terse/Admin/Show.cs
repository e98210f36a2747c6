using System.Globalization;

namespace Terse.Admin;

/// <summary>Numbers, moments and URLs as people read them.</summary>
internal static class Show
{
    public static string Count(long count) => count switch
    {
        < 100_000 => count.ToString("N0", CultureInfo.InvariantCulture),
        < 10_000_000 => Scaled(count / 1e3, "k"),
        < 1_000_000_000 => Scaled(count / 1e6, "M"),
        _ => Scaled(count / 1e9, "B"),
    };

    public static string Plain(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    public static string Share(double share) => share is > 0 and < 0.01 ? "<1 %" : $"{Math.Round(share * 100).ToString(CultureInfo.InvariantCulture)} %";

    public static string Change(long now, long before) => before == 0
        ? now == 0 ? "no change" : "new"
        : $"{(now >= before ? "+" : "−")}{Math.Abs(Math.Round((now - before) * 100.0 / before)).ToString("N0", CultureInfo.InvariantCulture)} %";

    public static string Iso(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    public static string Day(DateTimeOffset moment) => moment.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Without the scheme, and without the slash of a bare host: what the eye needs.</summary>
    public static string Url(string url)
    {
        var at = url.IndexOf("://", StringComparison.Ordinal);
        var rest = at < 0 ? url : url[(at + 3)..];
        return rest.EndsWith('/') && rest.IndexOf('/', StringComparison.Ordinal) == rest.Length - 1 ? rest[..^1] : rest;
    }

    private static string Scaled(double value, string unit) => value.ToString(value < 100 ? "0.#" : "N0", CultureInfo.InvariantCulture) + " " + unit;
}

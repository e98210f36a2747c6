using Terse.Codes;

namespace Terse.Admin.Statistics;

/// <summary>The little curves of the links table. They come after the table: it must not wait for fifty counts.</summary>
internal static class Sparks
{
    private const int Most = 250;

    public static async Task<IResult> ReadAsync(string codes, ClickReport report, CancellationToken cancellationToken)
    {
        var read = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach (var text in codes.Split(',').Take(Most))
            if (ShortCode.TryParse(text, out var code)) read[text] = await report.ReadSparkAsync(code, cancellationToken);
        return TypedResults.Json(read);
    }
}

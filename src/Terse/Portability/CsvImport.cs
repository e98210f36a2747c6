using System.Globalization;
using System.Runtime.CompilerServices;
using CsvHelper;
using CsvHelper.Configuration;

namespace Terse.Portability;

/// <summary>Reads links from CSV, under the column names that Bitly, dub, Kutt, Rebrandly, Shlink and YOURLS export them with.</summary>
internal static class CsvImport
{
    private static readonly string[] Url = ["url", "longurl", "destination", "destinationurl", "target", "originalurl"];
    private static readonly string[] Code = ["code", "alias", "keyword", "slug", "slashtag", "shortcode", "shortlink", "shorturl", "link", "address", "key"];
    private static readonly string[] Title = ["title", "name", "description"];
    private static readonly string[] Tags = ["tags"];
    private static readonly string[] CreatedAt = ["createdat", "created", "datecreated", "timestamp", "date"];
    private static readonly string[] ExpiresAt = ["expiresat", "expires", "validuntil"];
    private static readonly string[] RedirectType = ["redirecttype", "status"];

    public static async IAsyncEnumerable<ImportRecord> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(input);
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            DetectDelimiter = true,
            BadDataFound = null,
            MissingFieldFound = null,
        });
        if (!await csv.ReadAsync() || !csv.ReadHeader() || csv.HeaderRecord is not { } header) yield break;
        var columns = Array.ConvertAll(header, name => new string([.. name.Where(char.IsLetter)]).ToLowerInvariant());
        if (Place(Url) < 0)
        {
            yield return ImportRecord.Unreadable(
                1, "The first line must name the columns, and one of them must be url. Others are code, title, tags, createdAt, expiresAt, redirectType.");
            yield break;
        }

        while (await csv.ReadAsync())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return ToRecord(csv.Context.Parser!.RawRow, Field);
        }

        int Place(string[] names) => Array.FindIndex(columns, column => names.Contains(column, StringComparer.Ordinal));

        string? Field(string[] names) => Place(names) is >= 0 and var place && csv.GetField(place)?.Trim() is { Length: > 0 } text ? text : null;
    }

    private static ImportRecord ToRecord(long number, Func<string[], string?> field)
    {
        if (!TryInstant(field(CreatedAt), out var createdAt)) return ImportRecord.Unreadable(number, "createdAt is not an instant such as 2026-01-31T12:00:00Z.");
        if (!TryInstant(field(ExpiresAt), out var expiresAt)) return ImportRecord.Unreadable(number, "expiresAt is not an instant such as 2026-01-31T12:00:00Z.");
        if (!int.TryParse(field(RedirectType) ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var redirectType))
            return ImportRecord.Unreadable(number, "redirectType is not 301, 302, 307 or 308.");
        return new ImportRecord(number, new ExportLine
        {
            Link = new ExportedLink
            {
                Code = field(Code)?.TrimEnd('/').Split('/')[^1],
                Url = field(Url),
                Title = field(Title),
                Tags = field(Tags)?.Split([',', ';', '|'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                CreatedAt = createdAt,
                ExpiresAt = expiresAt,
                RedirectType = redirectType,
                IsAlias = true,
            },
        }, null);
    }

    private static bool TryInstant(string? text, out DateTimeOffset? instant)
    {
        var parsed = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var value);
        instant = parsed ? value : null;
        return parsed || text is null;
    }
}

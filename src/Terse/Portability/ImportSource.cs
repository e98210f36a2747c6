using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Terse.Portability;

/// <summary>Reads an import file line by line. A line that cannot be read is a record with its reason, not the end of the import.</summary>
internal static class ImportSource
{
    public const int MaxLine = 1 << 20;

    public static IAsyncEnumerable<ImportRecord> ReadAsync(Stream input, ImportFormat format, CancellationToken cancellationToken) =>
        format == ImportFormat.Csv ? CsvImport.ReadAsync(input, cancellationToken) : ReadJsonLinesAsync(input, cancellationToken);

    private static async IAsyncEnumerable<ImportRecord> ReadJsonLinesAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(input);
        for (long number = 1; await reader.ReadLineAsync(cancellationToken) is { } text; number++)
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            yield return text.Length > MaxLine ? ImportRecord.Unreadable(number, $"The line is longer than {MaxLine} characters.") : Parse(number, text);
        }
    }

    private static ImportRecord Parse(long number, string text)
    {
        try
        {
            var line = JsonSerializer.Deserialize<ExportLine>(text, ExportLine.Json);
            if (line is { Instance: null, ApiKey: null, Link: null })
            {
                // A bare object with a url is a link too: what people write by hand.
                var bare = JsonSerializer.Deserialize<ExportedLink>(text, ExportLine.Json);
                if (bare?.Url is not null) line = new ExportLine { Link = bare with { IsAlias = true } };
            }

            return line is null or { Instance: null, ApiKey: null, Link: null }
                ? ImportRecord.Unreadable(number, "Neither an instance, nor an API key, nor a link.")
                : new ImportRecord(number, line, null);
        }
        catch (JsonException e)
        {
            var place = e.Path is { Length: > 1 } path ? $" at {path}" : "";
            return ImportRecord.Unreadable(number, $"Not the JSON of an export: something{place} has the wrong form.");
        }
    }
}

internal enum ImportFormat
{
    JsonLines,
    Csv,
}

/// <param name="Number">The line of the file, from 1.</param>
/// <param name="Line">What it says, or null.</param>
/// <param name="Reason">Why it cannot be read, or null.</param>
internal readonly record struct ImportRecord(long Number, ExportLine? Line, string? Reason)
{
    public static ImportRecord Unreadable(long number, string reason) => new(number, null, reason);
}

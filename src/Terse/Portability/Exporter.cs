using System.Security.Cryptography;
using System.Text.Json;
using Terse.ApiKeys;
using Terse.Codes;
using Terse.Links;

namespace Terse.Portability;

/// <summary>Writes everything that an instance holds as JSON Lines, page by page, while it goes on serving.</summary>
internal sealed class Exporter(ILinkStore links, IApiKeyStore keys, ICodeRangeStore ranges, TimeProvider time)
{
    private const int Page = 1000;
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    /// <param name="output">Where the lines go.</param>
    /// <param name="withSecrets">Whether the permutation key, the hashed API keys and the hashed passwords of links go along.</param>
    /// <param name="progress">Told the number of links written so far.</param>
    /// <param name="cancellationToken">Stops between pages.</param>
    /// <returns>How many links were written.</returns>
    public async Task<long> ExportAsync(Stream output, bool withSecrets, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var highWater = await ranges.GetHighWaterAsync(cancellationToken);
        var key = withSecrets ? await ranges.GetOrAddKeyAsync(RandomNumberGenerator.GetBytes(32), cancellationToken) : null;
        await WriteAsync(output, new ExportLine { Instance = new ExportedInstance(1, time.GetUtcNow(), key, highWater) }, cancellationToken);
        foreach (var apiKey in withSecrets ? await keys.ListAsync(cancellationToken) : [])
            await WriteAsync(output, new ExportLine { ApiKey = ExportedApiKey.From(apiKey) }, cancellationToken);

        var written = 0L;
        string? cursor = null;
        do
        {
            var page = await links.ListAsync(new LinkQuery(Page, cursor, OldestFirst: true), cancellationToken);
            foreach (var link in page.Links) await WriteAsync(output, new ExportLine { Link = ExportedLink.From(link, withSecrets) }, cancellationToken);
            written += page.Links.Count;
            progress?.Report(written);
            cursor = page.Next;
        }
        while (cursor is not null);

        await output.FlushAsync(cancellationToken);
        return written;
    }

    private static async ValueTask WriteAsync(Stream output, ExportLine line, CancellationToken cancellationToken)
    {
        await JsonSerializer.SerializeAsync(output, line, ExportLine.Json, cancellationToken);
        await output.WriteAsync(NewLine, cancellationToken);
    }
}

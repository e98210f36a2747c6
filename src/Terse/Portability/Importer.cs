using Terse.ApiKeys;
using Terse.Auditing;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Portability;

/// <summary>
/// Takes in what an export or a CSV file holds. Links are added in batches; what is there already with the same content is passed over, so an
/// import that was stopped is simply run again.
/// </summary>
internal sealed class Importer(
    ILinkStore links, IApiKeyStore keys, ICodeRangeStore ranges, CodeGenerator codes, IssuedCodes issued, LinkJournal journal,
    ImportedLinks imported, AuditLog audit, TimeProvider time)
{
    private const int Batch = 500;

    public async Task<ImportReport> ImportAsync(
        IAsyncEnumerable<ImportRecord> records, IConflictPolicy conflicts, string actor, IProgress<ImportReport>? progress, CancellationToken cancellationToken)
    {
        var report = new ImportReport();
        try
        {
            await ReadAsync(records, conflicts, actor, report, progress, cancellationToken);
        }
        finally
        {
            // One that broke off has changed something too.
            if (report.Changed > 0) await RecordAsync(actor, report);
        }

        return report;
    }

    private async Task ReadAsync(
        IAsyncEnumerable<ImportRecord> records, IConflictPolicy conflicts, string actor, ImportReport report, IProgress<ImportReport>? progress, CancellationToken cancellationToken)
    {
        var ownCodes = false;
        var batch = new List<(long Number, Link Link)>(Batch);
        await foreach (var record in records.WithCancellation(cancellationToken))
        {
            if (record.Line is not { } line) report.Refuse(record.Number, record.Reason!);
            else if (line.Instance is { } instance) ownCodes = await AdoptAsync(instance, cancellationToken);
            else if (line.ApiKey is { } apiKey) await AddKeyAsync(record.Number, apiKey, actor, report, cancellationToken);
            else if (await ToLinkAsync(record.Number, line.Link!, ownCodes, report, cancellationToken) is { } link) batch.Add((record.Number, link));

            if (batch.Count < Batch) continue;
            await AddAsync(batch, conflicts, actor, report, cancellationToken);
            progress?.Report(report);
        }

        await AddAsync(batch, conflicts, actor, report, cancellationToken);
        progress?.Report(report);
    }

    private ValueTask RecordAsync(string actor, ImportReport report) => audit.RecordAsync(
        actor, AuditActions.Imported, "import:links", null, new { report.Added, report.Overwritten, report.Renamed, report.ApiKeys, report.Same, report.Skipped, report.Refused });

    /// <summary>Whether the export's generated codes are ours too: made with the same key. Their ids are then never issued again.</summary>
    private async ValueTask<bool> AdoptAsync(ExportedInstance instance, CancellationToken cancellationToken)
    {
        if (instance.PermutationKey is not { Length: 32 } key) return false;
        var own = await ranges.GetOrAddKeyAsync(key, cancellationToken);
        if (!own.AsSpan().SequenceEqual(key)) return false;
        await ranges.RaiseHighWaterAsync(instance.HighWater, cancellationToken);
        return true;
    }

    private async ValueTask AddKeyAsync(long number, ExportedApiKey exported, string actor, ImportReport report, CancellationToken cancellationToken)
    {
        if (exported.ToApiKey() is not { } key) report.Refuse(number, "The API key is not whole.");
        else if (!await keys.AddAsync(key, cancellationToken)) report.Same++;
        else
        {
            report.ApiKeys++;
            await audit.RecordAsync(
                actor, AuditActions.KeyImported, $"key:{key.Id}", null, new { key.Name, Scopes = ScopeNames.Of(key.Scopes), key.ExpiresAt, key.RevokedAt });
        }
    }

    private async ValueTask<Link?> ToLinkAsync(long number, ExportedLink exported, bool ownCodes, ImportReport report, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var code = exported.Code is null ? await codes.NextAsync(cancellationToken) : LinkValidator.Alias(exported.Code, errors);
        if (imported.Validate(exported, code, errors) is { } link)
            return link with { IsAlias = exported.Code is not null && (exported.IsAlias || !ownCodes) };
        report.Refuse(number, string.Join(" ", errors.ToDictionary().Select(error => $"{error.Key}: {string.Join(" ", error.Value)}")));
        return null;
    }

    private async ValueTask AddAsync(
        List<(long Number, Link Link)> batch, IConflictPolicy conflicts, string actor, ImportReport report, CancellationToken cancellationToken)
    {
        foreach (var (_, link) in batch)
            if (link.IsAlias) issued.AddLookalike(link.Code);
        var results = batch.Count == 0 ? [] : await links.AddManyAsync([.. batch.Select(entry => entry.Link)], cancellationToken);
        var added = new List<Link>(batch.Count);
        for (var i = 0; i < results.Count; i++)
        {
            if (results[i] == AddResult.Taken)
            {
                await ResolveAsync(batch[i].Number, batch[i].Link, conflicts, actor, report, cancellationToken);
                continue;
            }

            report.Added++;
            added.Add(batch[i].Link);
        }

        await journal.ImportedAsync(added, actor);

        batch.Clear();
    }

    private async ValueTask ResolveAsync(long number, Link link, IConflictPolicy conflicts, string actor, ImportReport report, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(link.Code, cancellationToken) is not { } there) throw RunAgain(number, "changed while it was imported");
        if (IsSame(there, link))
        {
            report.Same++;
            return;
        }

        switch (conflicts.Decide(number, there, link))
        {
            case ConflictAction.Skip:
                report.Skipped++;
                break;
            case ConflictAction.Overwrite:
                var newer = link with { Version = there.NextVersion(time.GetUtcNow()) };
                if (await links.ReplaceAsync(newer, there.Version, cancellationToken) != ChangeResult.Done) throw RunAgain(number, "changed while it was imported");
                await journal.ChangedAsync(there, newer, actor);
                report.Overwritten++;
                break;
            case ConflictAction.NewCode:
                Link renamed;
                do renamed = link with { Code = await codes.NextAsync(cancellationToken), IsAlias = false };
                while (await links.AddAsync(renamed, cancellationToken) == AddResult.Taken);
                await journal.ImportedAsync([renamed], actor);
                report.Renamed++;
                break;
            default:
                throw RunAgain(number, $"has the code {link.Code}, which another link here has too. Choose with --on-conflict skip, overwrite or new-code");
        }
    }

    private static CommandException RunAgain(long number, string reason) =>
        new($"Line {number} {reason}. The lines before it are imported; running the import again passes over them.");

    private static bool IsSame(Link there, Link link) =>
        (there with { Version = 0, Tags = [], Owner = "", IsAlias = false, Visits = 0 }) == (link with { Version = 0, Tags = [], Owner = "", IsAlias = false, Visits = 0 })
        && there.Tags.SequenceEqual(link.Tags, StringComparer.Ordinal);
}

using System.Runtime.CompilerServices;
using Terse.Auditing;

namespace Terse.Clicks;

/// <summary>Lists, replays and discards dead letters, and records who did.</summary>
internal sealed class DeadLetterDesk(IClickQueue queue, AuditLog audit)
{
    private const int Page = 500;

    public async IAsyncEnumerable<DeadLetter> ListAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        while (await queue.ListDeadLettersAsync(after, Page, cancellationToken) is { Count: > 0 } letters)
        {
            foreach (var letter in letters) yield return letter;
            after = letters[^1].Id;
        }
    }

    public async ValueTask<bool> ReplayAsync(string id, string actor, CancellationToken cancellationToken)
    {
        if (!await queue.ReplayAsync(id, cancellationToken)) return false;
        await audit.RecordAsync(actor, AuditActions.DeadLetterReplayed, $"dead-letter:{id}", null, null);
        return true;
    }

    /// <summary>All there are, with one entry in the audit log: there may be as many as clicks.</summary>
    public async ValueTask<int> ReplayAllAsync(string actor, CancellationToken cancellationToken)
    {
        var replayed = 0;
        try
        {
            await foreach (var letter in ListAllAsync(cancellationToken))
                if (await queue.ReplayAsync(letter.Id, cancellationToken)) replayed++;
        }
        finally
        {
            if (replayed > 0) await audit.RecordAsync(actor, AuditActions.DeadLetterReplayed, "dead-letter:all", null, new { Count = replayed });
        }

        return replayed;
    }

    public async ValueTask<bool> DiscardAsync(string id, string actor, CancellationToken cancellationToken)
    {
        if (!await queue.DiscardAsync(id, cancellationToken)) return false;
        await audit.RecordAsync(actor, AuditActions.DeadLetterDiscarded, $"dead-letter:{id}", null, null);
        return true;
    }
}

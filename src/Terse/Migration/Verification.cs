using System.Collections.Concurrent;
using Terse.Codes;
using Terse.Links;

namespace Terse.Migration;

/// <summary>Compares two stores link by link and field by field, both ways, and makes good what differs.</summary>
internal sealed class Verification(StoreSet from, StoreSet to)
{
    private const int Page = 500;
    private static readonly ParallelOptions Abreast = new() { MaxDegreeOfParallelism = 16 };

    /// <returns>How many links differed, and were made good.</returns>
    public async Task<int> RunAsync(IProgress<long> progress, CancellationToken cancellationToken)
    {
        var compared = 0L;
        var repaired = 0;
        await CompareAsync(from.Links, to.Links);
        await CompareAsync(to.Links, from.Links);
        return repaired;

        async Task CompareAsync(ILinkStore these, ILinkStore others)
        {
            string? cursor = null;
            do
            {
                var page = await these.ListAsync(new LinkQuery(Page, cursor, OldestFirst: true), cancellationToken);
                var suspects = new ConcurrentBag<ShortCode>();
                await Parallel.ForEachAsync(page.Links, Abreast, async (link, token) =>
                {
                    if (!LinkMirror.Same(link, await others.FindAsync(link.Code, token))) suspects.Add(link.Code);
                });

                // A link that is being changed right now is the same in both by the time that it is looked at again.
                foreach (var code in suspects)
                {
                    if (await LinkMirror.CopyAsync(from.Links, to.Links, code, cancellationToken)) repaired++;
                }

                progress.Report(compared += page.Links.Count);
                cursor = page.Next;
            }
            while (cursor is not null);
        }
    }
}

using System.Text.Json;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Migration;

/// <summary>
/// Copies all links, the first added first, while servers write to both stores. A page is read, added, and read again: what changed or went between the
/// two readings is copied by itself. How far it has come is written down after each page, so that a run that broke off goes on from there.
/// </summary>
internal sealed class Backfill(StoreSet from, StoreSet to, string stateFile)
{
    private const int Page = 500;

    public async Task<long> RunAsync(string move, IProgress<long> progress, CancellationToken cancellationToken)
    {
        var state = await ReadAsync(move, cancellationToken);
        while (!state.Complete)
        {
            var query = new LinkQuery(Page, state.Cursor, OldestFirst: true);
            var page = await from.Links.ListAsync(query, cancellationToken);
            var added = await to.Links.AddManyAsync(page.Links, cancellationToken);
            var now = (await from.Links.ListAsync(query, cancellationToken)).Links.ToDictionary(static link => link.Code);
            for (var index = 0; index < page.Links.Count; index++)
            {
                var link = page.Links[index];
                if (added[index] == AddResult.Added && LinkMirror.Same(link, now.GetValueOrDefault(link.Code))) continue;
                await LinkMirror.CopyAsync(from.Links, to.Links, link.Code, cancellationToken);
            }

            // A last page has no cursor: what was added after it, both stores were given.
            state = new State(move, page.Next ?? state.Cursor, state.Copied + page.Links.Count, page.Next is null);
            await WholeFile.WriteAsync(stateFile, JsonSerializer.Serialize(state), cancellationToken);
            progress.Report(state.Copied);
        }

        return state.Copied;
    }

    private async Task<State> ReadAsync(string move, CancellationToken cancellationToken)
    {
        if (!File.Exists(stateFile)) return new State(move, null, 0, false);
        try
        {
            var state = JsonSerializer.Deserialize<State>(await File.ReadAllTextAsync(stateFile, cancellationToken));
            if (state?.Move == move) return state;
        }
        catch (JsonException)
        {
            // Nothing is lost by beginning again: what is there already is passed over.
            Console.WriteLine($"{stateFile} cannot be read: the copy begins at the beginning.");
        }

        return new State(move, null, 0, false);
    }

    /// <param name="Move">Which move it belongs to: another one begins at the beginning.</param>
    /// <param name="Cursor">Where to go on.</param>
    /// <param name="Copied">Links read so far.</param>
    /// <param name="Complete">All pages were read.</param>
    private sealed record State(string Move, string? Cursor, long Copied, bool Complete);
}

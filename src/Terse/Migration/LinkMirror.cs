using Terse.Codes;
using Terse.Links;

namespace Terse.Migration;

/// <summary>
/// Makes one code in a store what it is in another. Any number may do so at once, on any node, for the same code: whoever wrote an old state reads
/// the source again after that, sees that it has moved on, and writes anew; so the last write is of the source's last state.
/// </summary>
internal static class LinkMirror
{
    /// <summary>Returns whether anything had to be written.</summary>
    public static async ValueTask<bool> CopyAsync(ILinkStore from, ILinkStore to, ShortCode code, CancellationToken cancellationToken)
    {
        var wrote = false;
        var wanted = await from.FindAsync(code, cancellationToken);
        while (true)
        {
            wrote |= await PutAsync(to, code, wanted, cancellationToken);
            var now = await from.FindAsync(code, cancellationToken);
            if (Same(wanted, now)) return wrote;
            wanted = now;
        }
    }

    /// <summary>Whether the two are the same in every field, visits included.</summary>
    public static bool Same(Link? one, Link? other) => one is null || other is null
        ? one is null && other is null
        : one with { Tags = other.Tags } == other && one.Tags.SequenceEqual(other.Tags, StringComparer.Ordinal);

    private static async ValueTask<bool> PutAsync(ILinkStore to, ShortCode code, Link? wanted, CancellationToken cancellationToken)
    {
        for (var wrote = false; ; wrote = true)
        {
            var there = await to.FindAsync(code, cancellationToken);
            if (Same(there, wanted)) return wrote;
            if (wanted is null) await to.RemoveAsync(code, there!.Version, cancellationToken);
            else if (there is null) await to.AddAsync(wanted, cancellationToken);
            else if (there.Visits == wanted.Visits) await to.ReplaceAsync(wanted, there.Version, cancellationToken);
            else if (there.Visits < wanted.Visits && Same(there with { Visits = wanted.Visits }, wanted)) await to.TakeVisitAsync(code, cancellationToken);
            else await to.RemoveAsync(code, there.Version, cancellationToken); // visits are given at the addition only
        }
    }
}

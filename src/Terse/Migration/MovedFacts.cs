using System.Security.Cryptography;
using Terse.Hosting;

namespace Terse.Migration;

/// <summary>The few facts of an instance beside its links: the key that codes are made with, how far ranges are leased, the API keys.</summary>
internal static class MovedFacts
{
    /// <exception cref="CommandException">The other store belongs to another instance.</exception>
    public static async Task CopyAsync(StoreSet from, StoreSet to, CancellationToken cancellationToken)
    {
        var key = await from.Ranges.GetOrAddKeyAsync(RandomNumberGenerator.GetBytes(32), cancellationToken);
        var other = await to.Ranges.GetOrAddKeyAsync(key, cancellationToken);
        if (!other.AsSpan().SequenceEqual(key))
            throw new CommandException("The store to move to has links of another instance: its permutation key is another. Name an empty database.");

        await to.Ranges.RaiseHighWaterAsync(await from.Ranges.GetHighWaterAsync(cancellationToken), cancellationToken);
        foreach (var apiKey in await from.Keys.ListAsync(cancellationToken))
        {
            if (!await to.Keys.AddAsync(apiKey, cancellationToken) && apiKey.RevokedAt is { } revokedAt)
                await to.Keys.RevokeAsync(apiKey.Id, revokedAt, cancellationToken);
        }
    }
}

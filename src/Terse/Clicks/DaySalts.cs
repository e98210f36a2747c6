using System.Collections.Concurrent;

namespace Terse.Clicks;

/// <summary>The secrets of the last few days, remembered: a batch is nearly always of one day.</summary>
internal sealed class DaySalts(IClickStore store)
{
    private const int Remembered = 4;

    private readonly ConcurrentDictionary<DateOnly, byte[]> _salts = [];

    public async ValueTask<byte[]> ReadAsync(DateOnly day, CancellationToken cancellationToken)
    {
        if (_salts.TryGetValue(day, out var salt)) return salt;
        salt = await store.ReadSaltAsync(day, cancellationToken);

        // What the store has destroyed must not live on here.
        if (_salts.Count >= Remembered) _salts.Clear();
        return _salts[day] = salt;
    }
}

using System.Collections.Concurrent;

namespace Terse.Admin.Transfer;

/// <summary>
/// How far the exports are that a page watches: the page gives its download a name and asks for it. Kept in this process; a page whose questions
/// reach another node learns nothing, and its download is none the worse for it.
/// </summary>
internal sealed class ExportProgress(TimeProvider time)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, Export> _exports = new(StringComparer.Ordinal);

    /// <summary>Runs an export under a name, or unwatched without a usable one.</summary>
    public async Task FollowAsync(string? name, Func<IProgress<long>?, Task> export)
    {
        if (name is not { Length: 32 })
        {
            await export(null);
            return;
        }

        foreach (var (other, kept) in _exports)
            if (kept.Until <= time.GetUtcNow()) _exports.TryRemove(other, out _);
        var followed = _exports[name] = new Export();
        try
        {
            await export(followed);
            followed.IsWhole = true;
        }
        finally
        {
            followed.Until = time.GetUtcNow() + Memory;
        }
    }

    /// <summary>Null for a name that nobody exports under, or did long ago.</summary>
    public ExportState? Read(string name) => _exports.TryGetValue(name, out var export) ? new(export.Written, export.Until != DateTimeOffset.MaxValue, export.IsWhole) : null;

    private sealed class Export : IProgress<long>
    {
        private long _written;

        public long Written => Volatile.Read(ref _written);

        public bool IsWhole { get; set; }

        public DateTimeOffset Until { get; set; } = DateTimeOffset.MaxValue;

        public void Report(long value) => Volatile.Write(ref _written, value);
    }
}

/// <param name="Written">Links in the file so far.</param>
/// <param name="HasEnded">Whether nothing more comes.</param>
/// <param name="IsWhole">Whether everything came.</param>
internal sealed record ExportState(long Written, bool HasEnded, bool IsWhole);

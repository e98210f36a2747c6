using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Terse.Hosting;

namespace Terse.Links;

/// <summary>
/// The hosts that no link may lead to. The file is looked at again at most every <see cref="LookAgain"/>, and an unreadable file leaves the
/// last good list in force: a half-written list must not open the gates.
/// </summary>
internal sealed partial class Blocklist(
    IOptions<LinksOptions> options, IOptions<TerseOptions> terse, TimeProvider time, ILogger<Blocklist> log)
{
    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    public string Path { get; } = options.Value.BlocklistFile is { Length: > 0 } file ? file : System.IO.Path.Combine(terse.Value.DataDirectory, "blocklist.txt");
    private readonly Lock _reading = new();
    private FrozenSet<string> _hosts = [];
    private (DateTime Written, long Length) _stamp;
    private int _generation;
    private long _lookedAt = long.MinValue;

    /// <summary>Grows whenever another list came into force.</summary>
    public int Generation
    {
        get
        {
            LookAgainIfDue();
            return Volatile.Read(ref _generation);
        }
    }

    /// <summary>Whether <paramref name="host"/> or a domain above it is listed. Hosts are compared in punycode, whatever their case.</summary>
    public bool Blocks(string host)
    {
        LookAgainIfDue();
        var hosts = _hosts;
        if (hosts.Count == 0) return false;

        var lookup = hosts.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var rest = host.AsSpan().TrimEnd('.'); ;)
        {
            if (lookup.Contains(rest)) return true;
            var dot = rest.IndexOf('.');
            if (dot < 0) return false;
            rest = rest[(dot + 1)..];
        }
    }

    private void LookAgainIfDue()
    {
        var now = time.GetTimestamp();
        var last = Volatile.Read(ref _lookedAt);
        if (last != long.MinValue && time.GetElapsedTime(last, now) < LookAgain) return;
        lock (_reading)
        {
            if (_lookedAt != last) return;
            Read();
            Volatile.Write(ref _lookedAt, now);
        }
    }

    private void Read()
    {
        try
        {
            var file = new FileInfo(Path);
            var stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
            if (stamp == _stamp) return;
            _hosts = file.Exists ? Parse(File.ReadLines(Path)) : [];
            _stamp = stamp;
            Interlocked.Increment(ref _generation);
            Log.Loaded(log, _hosts.Count, Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Unreadable(log, Path, e.Message);
        }
    }

    private static FrozenSet<string> Parse(IEnumerable<string> lines)
    {
        var hosts = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            var words = line.Split('#', 2)[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) continue;
            var host = words[^1].Trim('.');
            if (host.StartsWith("*.", StringComparison.Ordinal)) host = host[2..];
            if (Uri.TryCreate($"http://{host}/", UriKind.Absolute, out var uri)) hosts.Add(uri.IdnHost);
        }

        return hosts.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    private static partial class Log
    {
        [LoggerMessage(1100, LogLevel.Information, "Blocklist of {Count} hosts read from {Path}")]
        public static partial void Loaded(ILogger logger, int count, string path);

        [LoggerMessage(1101, LogLevel.Warning, "Blocklist {Path} cannot be read ({Reason}); the last one stays in force")]
        public static partial void Unreadable(ILogger logger, string path, string reason);
    }
}

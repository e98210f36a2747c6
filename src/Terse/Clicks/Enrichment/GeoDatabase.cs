using System.Net;
using MaxMind.Db;
using Microsoft.Extensions.Options;

namespace Terse.Clicks.Enrichment;

/// <summary>
/// Country and city by address, from the operator's .mmdb file, which is read into memory whole. The file is looked at once a minute: one that was put
/// in its place is taken up, one that is gone or damaged leaves the last good one in use. Without a file every place is unknown.
/// </summary>
internal sealed partial class GeoDatabase(IOptions<EnrichmentOptions> options, TimeProvider time, ILogger<GeoDatabase> logger) : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(1);

    private readonly string _path = options.Value.GeoDatabase.Length == 0 ? "" : Path.GetFullPath(options.Value.GeoDatabase);
    private readonly Lock _opening = new();
    private long _lookedAt;
    private bool _looked;
    private (DateTime Written, long Length) _known;
    private volatile Reader? _reader;

    public Place Find(IPAddress? address)
    {
        if (_path.Length == 0 || address is null) return Place.Unknown;
        Look();
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        try
        {
            return _reader?.Find<GeoRecord>(address)?.ToPlace() ?? Place.Unknown;
        }
        catch (Exception e) when (e is InvalidDatabaseException or DeserializationException or ArgumentException or ObjectDisposedException)
        {
            // A file of IPv4 only asked for IPv6, or a record of another shape.
            return Place.Unknown;
        }
    }

    public void Dispose() => _reader?.Dispose();

    private void Look()
    {
        if (_looked && time.GetElapsedTime(Volatile.Read(ref _lookedAt)) < LookInterval) return;
        lock (_opening)
        {
            if (_looked && time.GetElapsedTime(_lookedAt) < LookInterval) return;
            Open();
            Volatile.Write(ref _lookedAt, time.GetTimestamp());
            _looked = true;
        }
    }

    /// <remarks>The reader that is replaced is left to the collector: look-ups may be under way in it, and it holds memory only.</remarks>
    private void Open()
    {
        try
        {
            var file = new FileInfo(_path);
            if (!file.Exists)
            {
                if (_reader is null && !_looked) LogMissing(_path);
                return;
            }

            var found = (file.LastWriteTimeUtc, file.Length);
            if (found == _known) return;
            _known = found;
            var reader = new Reader(_path, FileAccessMode.Memory);
            _reader = reader;
            LogOpened(_path, reader.Metadata.DatabaseType, reader.Metadata.BuildDate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDatabaseException)
        {
            LogDamaged(_path, e.Message);
        }
    }

    [LoggerMessage(410, LogLevel.Warning, "There is no country database {Path}: countries stay unknown until it is there.")]
    private partial void LogMissing(string path);

    [LoggerMessage(411, LogLevel.Information, "Countries come from {Path} ({Type}, built {Built:yyyy-MM-dd}).")]
    private partial void LogOpened(string path, string type, DateTime built);

    [LoggerMessage(412, LogLevel.Warning, "The country database {Path} cannot be read: {Reason} The one read before, if any, stays in use.")]
    private partial void LogDamaged(string path, string reason);
}

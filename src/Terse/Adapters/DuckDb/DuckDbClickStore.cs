using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Terse.Clicks;
using Terse.Codes;

namespace Terse.Adapters.DuckDb;

/// <summary>Clicks in an embedded DuckDB file: for one node, whose program is the only one that can open it.</summary>
internal sealed class DuckDbClickStore : IClickStore
{
    private readonly DuckDbDatabase _database;
    private readonly ClickWords _words;
    private readonly LinkIds _links;
    private readonly ClickWriter _writer;
    private readonly ClickReader _reader;

    public DuckDbClickStore(DuckDbDatabase database, IOptions<DuckDbOptions> options)
    {
        _database = database;
        (_words, _links) = database.Load(connection => (new ClickWords(connection, options.Value.ValuesPerDimension), new LinkIds(connection)));
        _writer = new ClickWriter(_words, _links);
        _reader = new ClickReader(_words);
    }

    public ValueTask<IReadOnlyList<EnrichedClick>> WriteAsync(string source, IReadOnlyList<EnrichedClick> clicks, CancellationToken cancellationToken) =>
        clicks.Count == 0
            ? ValueTask.FromResult<IReadOnlyList<EnrichedClick>>([])
            : _database.WriteAsync(connection => _writer.Write(connection, source, clicks), cancellationToken, _words.Saved, _links.Forget);

    public ValueTask<long?> ReadWatermarkAsync(string source, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => ClickWriter.ReadWatermark(connection, source), cancellationToken);

    public ValueTask<byte[]> ReadSaltAsync(DateOnly day, CancellationToken cancellationToken) => _database.WriteAsync(
        connection =>
        {
            var number = day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
            DuckDbDatabase.Execute(connection, "INSERT INTO salts VALUES (?, ?) ON CONFLICT DO NOTHING", number, RandomNumberGenerator.GetBytes(32));
            using var command = DuckDbDatabase.Command(connection, "SELECT salt FROM salts WHERE day = ?", number);
            using var reader = command.ExecuteReader();
            reader.Read();
            using var salt = reader.GetStream(0);
            var bytes = new byte[salt.Length];
            salt.ReadExactly(bytes);
            return bytes;
        },
        cancellationToken);

    public ValueTask<IReadOnlyList<ClickPoint>> ReadSeriesAsync(ClickQuery query, ClickUnit unit, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => _reader.ReadSeries(connection, query, unit, cancellationToken), cancellationToken);

    public ValueTask<IReadOnlyList<ClickGroup>> ReadTopAsync(ClickQuery query, ClickDimension dimension, int limit, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => _reader.ReadTop(connection, query, dimension, limit, cancellationToken), cancellationToken);

    public ValueTask<IReadOnlyDictionary<ShortCode, ClickCounts>> ReadTotalsAsync(IReadOnlyCollection<ShortCode> codes, CancellationToken cancellationToken) =>
        _database.ReadAsync(connection => ClickReader.ReadTotals(connection, codes, cancellationToken), cancellationToken);

    public async ValueTask EraseAsync(ShortCode code, DateTimeOffset before, CancellationToken cancellationToken) => await _database.WriteAsync(
        connection =>
        {
            if (LinkIds.Find(connection, code.Value) is not { } link) return false;
            ClickRollUp.Erase(connection, link, before);
            _links.Forget(connection);
            return true;
        },
        cancellationToken);

    public async ValueTask RollUpAsync(DateTimeOffset now, ClickRetention retention, CancellationToken cancellationToken)
    {
        foreach (var step in ClickRollUp.Steps(now, retention))
        {
            await _database.WriteAsync(
                connection =>
                {
                    step(connection);
                    return 0;
                },
                cancellationToken);
        }
        await _database.CompactAsync(cancellationToken);
    }
}

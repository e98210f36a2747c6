using DuckDB.NET.Data;
using Terse.Clicks;

namespace Terse.Adapters.DuckDb;

/// <summary>
/// The texts of the dimensions as numbers, dense from 0 per dimension, which is what the engine packs and groups fastest. All are in memory and in the
/// table <c>words</c>; a dimension that has as many as it may gives later ones the number of <c>(other)</c>, so made-up texts cannot fill either.
/// Numbers given in a transaction that fails stay unused.
/// </summary>
internal sealed class ClickWords
{
    private const string Other = "(other)";
    private const uint OtherId = 1;

    private readonly int _limit;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, uint>[] _ids = new Dictionary<string, uint>[(int)ClickDimension.Campaign + 1];
    private readonly List<string>[] _texts = new List<string>[(int)ClickDimension.Campaign + 1];
    private readonly List<(ClickDimension Dimension, uint Id, string Text)> _unsaved = [];

    public ClickWords(DuckDBConnection connection, int limit)
    {
        _limit = limit;
        foreach (var dimension in DuckDbSchema.Dimensions)
        {
            _ids[(int)dimension] = new(StringComparer.Ordinal) { [""] = 0, [Other] = OtherId };
            _texts[(int)dimension] = ["", Other];
        }

        using var command = DuckDbDatabase.Command(connection, "SELECT dimension, id, text FROM words ORDER BY dimension, id");
        using var reader = command.ExecuteReader();
        while (reader.Read()) Restore(reader.GetByte(0), reader.GetFieldValue<uint>(1), reader.GetString(2));
    }

    /// <summary>The number of a text, a new one if need be.</summary>
    public uint GetOrAdd(ClickDimension dimension, string text)
    {
        lock (_lock)
        {
            var ids = _ids[(int)dimension];
            if (ids.TryGetValue(text, out var id)) return id;
            var texts = _texts[(int)dimension];
            if (texts.Count >= _limit) return OtherId;
            id = (uint)texts.Count;
            ids[text] = id;
            texts.Add(text);
            _unsaved.Add((dimension, id, text));
            return id;
        }
    }

    public bool TryGet(ClickDimension dimension, string text, out uint id)
    {
        lock (_lock) return _ids[(int)dimension].TryGetValue(text, out id);
    }

    public string Text(ClickDimension dimension, uint id)
    {
        lock (_lock) return _texts[(int)dimension][(int)id];
    }

    /// <summary>Writes the numbers given since the last save, in the caller's transaction.</summary>
    public void Save(DuckDBConnection connection)
    {
        if (_unsaved.Count == 0) return;
        using var appender = connection.CreateAppender("words");
        foreach (var (dimension, id, text) in _unsaved)
            appender.CreateRow().AppendValue((byte)dimension).AppendValue(id).AppendValue(text).EndRow();
    }

    /// <summary>To be called when the transaction that saved was committed.</summary>
    public void Saved() => _unsaved.Clear();

    private void Restore(byte dimension, uint id, string text)
    {
        var texts = _texts[dimension];
        while (texts.Count < id) texts.Add("");
        texts.Add(text);
        _ids[dimension][text] = id;
    }
}

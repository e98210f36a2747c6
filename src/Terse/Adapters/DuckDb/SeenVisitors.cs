using DuckDB.NET.Data;

namespace Terse.Adapters.DuckDb;

/// <summary>
/// Which visitors came before on their day, on a link and on any link, exactly: the table <c>seen</c> has a number for each. One batch asks once per day.
/// </summary>
internal sealed class SeenVisitors(DuckDBConnection connection)
{
    private readonly Dictionary<int, HashSet<ulong>> _asked = [];
    private readonly Dictionary<int, HashSet<ulong>> _before = [];
    private readonly List<(int Day, ulong Key)> _new = [];

    /// <summary>Says that <see cref="IsFirst"/> will be asked of this key.</summary>
    public void Ask(int day, ulong key) => (_asked.TryGetValue(day, out var keys) ? keys : _asked[day] = []).Add(key);

    public void Load()
    {
        foreach (var day in _asked.Keys) _before[day] = [];
        DuckDbDatabase.Fill(
            connection, "asked", "day INTEGER, key UBIGINT", _asked.SelectMany(static day => day.Value.Select(key => (Day: day.Key, Key: key))),
            static (row, asked) => row.AppendValue(asked.Day).AppendValue(asked.Key));
        using var command = DuckDbDatabase.Command(connection, "SELECT day, key FROM seen JOIN asked USING (day, key)");
        using var reader = command.ExecuteReader();
        while (reader.Read()) _before[reader.GetInt32(0)].Add(reader.GetFieldValue<ulong>(1));
    }

    public bool IsFirst(int day, ulong key)
    {
        if (!_before[day].Add(key)) return false;
        _new.Add((day, key));
        return true;
    }

    public void Save()
    {
        using var appender = connection.CreateAppender("seen");
        foreach (var (day, key) in _new) appender.CreateRow().AppendValue(day).AppendValue(key).EndRow();
    }

    /// <summary>The key of a visitor on a link: mixed so that neighbouring links and visitors do not meet (the finalizer of SplitMix64).</summary>
    public static ulong OnLink(ulong visitor, uint link)
    {
        var mixed = visitor + (link + 1) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}

using DuckDB.NET.Data;

namespace Terse.Adapters.DuckDb;

/// <summary>
/// Links as numbers from 1; 0 is no link. The table <c>links</c> has all, memory those met lately. Used by one write at a time; queries only look at the table.
/// Numbers of a transaction that failed are forgotten with it, and given again.
/// </summary>
internal sealed class LinkIds(DuckDBConnection opened)
{
    private const int CacheCapacity = 200_000;

    private readonly Dictionary<string, uint> _cache = new(StringComparer.Ordinal);
    private uint _last = LastId(opened);

    /// <summary>The numbers of all these codes, new ones written in the caller's transaction.</summary>
    public Dictionary<string, uint> GetOrAdd(DuckDBConnection connection, IReadOnlyCollection<string> codes)
    {
        if (_cache.Count + codes.Count > CacheCapacity) _cache.Clear();
        var ids = new Dictionary<string, uint>(codes.Count, StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (var code in codes)
        {
            if (_cache.TryGetValue(code, out var id)) ids[code] = id;
            else missing.Add(code);
        }
        if (missing.Count == 0) return ids;

        foreach (var (code, id) in Find(connection, missing)) ids[code] = _cache[code] = id;
        using var appender = connection.CreateAppender("links");
        foreach (var code in missing)
        {
            if (ids.ContainsKey(code)) continue;
            ids[code] = _cache[code] = ++_last;
            appender.CreateRow().AppendValue(_last).AppendValue(code).EndRow();
        }
        return ids;
    }

    /// <summary>Forgets what was learned: after a transaction that failed, or when a link is erased.</summary>
    public void Forget(DuckDBConnection connection)
    {
        _cache.Clear();
        _last = LastId(connection);
    }

    public static uint? Find(DuckDBConnection connection, string code)
    {
        using var command = DuckDbDatabase.Command(connection, "SELECT id FROM links WHERE code = ?", code);
        return command.ExecuteScalar() as uint?;
    }

    public static Dictionary<uint, string> Codes(DuckDBConnection connection, IEnumerable<uint> ids)
    {
        using var command = DuckDbDatabase.Command(connection, "SELECT id, code FROM links WHERE id IN (SELECT unnest(?))", ids.ToList());
        using var reader = command.ExecuteReader();
        var codes = new Dictionary<uint, string>();
        while (reader.Read()) codes[reader.GetFieldValue<uint>(0)] = reader.GetString(1);
        return codes;
    }

    public static IEnumerable<(string Code, uint Id)> Find(DuckDBConnection connection, List<string> codes)
    {
        using var command = DuckDbDatabase.Command(connection, "SELECT code, id FROM links WHERE code IN (SELECT unnest(?))", codes);
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return (reader.GetString(0), reader.GetFieldValue<uint>(1));
    }

    private static uint LastId(DuckDBConnection connection)
    {
        using var command = DuckDbDatabase.Command(connection, "SELECT coalesce(max(id), 0)::UINTEGER FROM links");
        return (uint)command.ExecuteScalar()!;
    }
}

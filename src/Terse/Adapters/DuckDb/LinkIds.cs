using System.IO.Hashing;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;

namespace Terse.Adapters.DuckDb;

/// <summary>
/// Links as numbers from 1; 0 is no link. The table <c>links</c> has all, memory those met lately, in two halves of which the older is forgotten when the
/// younger is full. The table is asked by a hash of the code: to compare a million texts takes ten times as long as a million numbers.
/// Used by one write at a time; queries only look at the table. Numbers of a transaction that failed are forgotten with it, and given again.
/// </summary>
internal sealed class LinkIds
{
    private const int HalfCapacity = 200_000;

    private Dictionary<string, uint> _young = new(StringComparer.Ordinal);
    private Dictionary<string, uint> _old = new(StringComparer.Ordinal);
    private uint _last;

    public LinkIds(DuckDBConnection opened)
    {
        FillHashes(opened);
        _last = LastId(opened);
    }

    /// <summary>The numbers of all these codes, new ones written in the caller's transaction.</summary>
    public Dictionary<string, uint> GetOrAdd(DuckDBConnection connection, IReadOnlyCollection<string> codes)
    {
        var ids = new Dictionary<string, uint>(codes.Count, StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (var code in codes)
        {
            if (_young.TryGetValue(code, out var id)) ids[code] = id;
            else if (_old.TryGetValue(code, out id)) Remember(code, ids[code] = id);
            else missing.Add(code);
        }
        if (missing.Count == 0) return ids;

        foreach (var (code, id) in Find(connection, missing)) Remember(code, ids[code] = id);
        using var appender = connection.CreateAppender("links");
        foreach (var code in missing)
        {
            if (ids.ContainsKey(code)) continue;
            Remember(code, ids[code] = ++_last);
            appender.CreateRow().AppendValue(_last).AppendValue(code).AppendValue(Hash(code)).EndRow();
        }
        return ids;
    }

    /// <summary>Forgets what was learned: after a transaction that failed, or when a link is erased.</summary>
    public void Forget(DuckDBConnection connection)
    {
        _young.Clear();
        _old.Clear();
        _last = LastId(connection);
    }

    public static uint? Find(DuckDBConnection connection, string code)
    {
        using var command = DuckDbDatabase.Command(connection, "SELECT id FROM links WHERE hash = ? AND code = ?", Hash(code), code);
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

    public static IEnumerable<(string Code, uint Id)> Find(DuckDBConnection connection, IReadOnlyCollection<string> codes)
    {
        var asked = codes.ToHashSet(StringComparer.Ordinal);
        DuckDbDatabase.Fill(connection, "asked_links", "hash UBIGINT", asked, static (row, code) => row.AppendValue(Hash(code)));
        using var command = DuckDbDatabase.Command(connection, "SELECT code, id FROM links JOIN asked_links USING (hash)");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            // Two codes may have one hash: only what was asked for is an answer, once.
            var code = reader.GetString(0);
            if (asked.Remove(code)) yield return (code, reader.GetFieldValue<uint>(1));
        }
    }

    private void Remember(string code, uint id)
    {
        if (_young.Count >= HalfCapacity)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }
        _young[code] = id;
    }

    private static ulong Hash(string code) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(code.AsSpan()));

    /// <summary>A file of an earlier version has links without a hash.</summary>
    private static void FillHashes(DuckDBConnection connection)
    {
        var links = new List<(uint Id, ulong Hash)>();
        using (var command = DuckDbDatabase.Command(connection, "SELECT id, code FROM links WHERE hash IS NULL"))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read()) links.Add((reader.GetFieldValue<uint>(0), Hash(reader.GetString(1))));
        }
        if (links.Count == 0) return;

        DuckDbDatabase.Fill(connection, "hashes", "id UINTEGER, hash UBIGINT", links, static (row, link) => row.AppendValue(link.Id).AppendValue(link.Hash));
        DuckDbDatabase.Execute(connection, "UPDATE links SET hash = hashes.hash FROM hashes WHERE links.id = hashes.id");
        DuckDbDatabase.Execute(connection, "DROP TABLE hashes");
    }

    private static uint LastId(DuckDBConnection connection)
    {
        using var command = DuckDbDatabase.Command(connection, "SELECT coalesce(max(id), 0)::UINTEGER FROM links");
        return (uint)command.ExecuteScalar()!;
    }
}

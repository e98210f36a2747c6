using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using Terse.Clicks;

namespace Terse.Adapters.DuckDb;

/// <summary>What one batch adds to the totals over all links: per hour, kind and value of each single dimension; dimension 0 is all of them.</summary>
internal sealed class TotalsBatch
{
    public const byte All = 0;

    private readonly Dictionary<(uint Hour, byte Kind, byte Dimension, uint Value), ClickCounts> _totals = [];

    public void Add(uint hour, ClickKind kind, byte dimension, uint value, ClickCounts counts)
    {
        ref var total = ref CollectionsMarshal.GetValueRefOrAddDefault(_totals, (hour, (byte)kind, dimension, value), out _);
        total += counts;
    }

    public void Save(DuckDBConnection connection)
    {
        using var appender = connection.CreateAppender("totals_fresh");
        foreach (var ((hour, kind, dimension, value), counts) in _totals)
        {
            appender.CreateRow()
                .AppendValue(hour).AppendValue(kind).AppendValue(dimension).AppendValue(value)
                .AppendValue((int)counts.Clicks).AppendValue((int)counts.Humans).AppendValue((int)counts.Visitors)
                .EndRow();
        }
    }
}

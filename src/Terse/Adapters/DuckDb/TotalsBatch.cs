using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using Terse.Clicks;

namespace Terse.Adapters.DuckDb;

/// <summary>What one batch adds to the totals over all links: per hour, kind and value of each single dimension; dimension 0 is all of them.</summary>
internal sealed class TotalsBatch
{
    public const byte All = 0;

    private readonly Dictionary<(uint Hour, ClickKind Kind), OfHour> _hours = [];

    /// <summary>The totals of an hour and kind: most visits of a batch share them, so each looks them up once.</summary>
    public OfHour Of(uint hour, ClickKind kind)
    {
        ref var found = ref CollectionsMarshal.GetValueRefOrAddDefault(_hours, (hour, kind), out _);
        return found ??= new OfHour();
    }

    public void Save(DuckDBConnection connection)
    {
        using var appender = connection.CreateAppender("totals_fresh");
        foreach (var ((hour, kind), totals) in _hours)
        {
            foreach (var (dimension, value, counts) in totals.All())
            {
                appender.CreateRow()
                    .AppendValue(hour).AppendValue((byte)kind).AppendValue(dimension).AppendValue(value)
                    .AppendValue((int)counts.Clicks).AppendValue((int)counts.Humans).AppendValue((int)counts.Visitors)
                    .EndRow();
            }
        }
    }

    internal sealed class OfHour
    {
        private readonly Dictionary<uint, ClickCounts>[] _values = [.. Enumerable.Range(0, (int)ClickDimension.Campaign + 1).Select(static _ => new Dictionary<uint, ClickCounts>())];

        public void Add(byte dimension, uint value, ClickCounts counts)
        {
            ref var total = ref CollectionsMarshal.GetValueRefOrAddDefault(_values[dimension], value, out _);
            total += counts;
        }

        public IEnumerable<(byte Dimension, uint Value, ClickCounts Counts)> All() =>
            _values.SelectMany(static (values, dimension) => values.Select(total => ((byte)dimension, total.Key, total.Value)));
    }
}

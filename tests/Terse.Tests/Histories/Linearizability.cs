namespace Terse.Tests.Histories;

/// <summary>
/// Decides whether a history could have come from a store that does one operation at a time, each at some moment between its call and its answer
/// (Herlihy and Wing 1990). The search is that of Wing and Gong (1993) with the memory of Lowe (2017): a set of done operations that led to a state is tried
/// once. Codes do not touch each other, so each is decided alone, as in P-compositionality (Horn and Kroening 2015).
/// </summary>
internal static class Linearizability
{
    /// <summary>More operations on one code than that are not decided.</summary>
    public const int MostOperations = 128;

    /// <summary>The first code whose operations fit no order, with a telling of them; null when all fit.</summary>
    public static string? Violation(IEnumerable<Operation> history) =>
        history.GroupBy(operation => operation.Code).Select(group => ViolationOf([.. group.OrderBy(operation => operation.Start)])).FirstOrDefault(found => found is not null);

    private static string? ViolationOf(Operation[] operations)
    {
        if (operations.Length > MostOperations) throw new ArgumentException($"{operations.Length} operations on one code are too many.");
        var search = new Search(operations);
        if (search.Fits(UInt128.Zero, null)) return null;
        var lines = operations.Select((operation, index) => $"{(((search.Furthest >> index) & 1) == 1 ? "  " : "! ")}{operation}");
        return $"No order of these operations explains their answers; those with ! were left over when the search got furthest.\n{string.Join('\n', lines)}";
    }

    private sealed class Search(Operation[] operations)
    {
        private readonly HashSet<(UInt128 Done, long? State)> _tried = [];
        private readonly UInt128 _all = operations.Length == 128 ? UInt128.MaxValue : (UInt128.One << operations.Length) - 1;
        private int _furthest = -1;

        public UInt128 Furthest { get; private set; }

        public bool Fits(UInt128 done, long? state)
        {
            if (done == _all) return true;
            if (!_tried.Add((done, state))) return false;
            if ((int)UInt128.PopCount(done) is var count && count > _furthest) (_furthest, Furthest) = (count, done);

            // Whatever answered before another was called comes before it: only what was called before the first answer can be next.
            var firstAnswer = long.MaxValue;
            for (var i = 0; i < operations.Length; i++)
                if (((done >> i) & 1) == 0 && operations[i].Outcome != Outcome.Unknown) firstAnswer = Math.Min(firstAnswer, operations[i].End);
            for (var i = 0; i < operations.Length && operations[i].Start < firstAnswer; i++)
            {
                if (((done >> i) & 1) == 0 && operations[i].TryApply(state, out var after) && Fits(done | (UInt128.One << i), after)) return true;
            }

            return false;
        }
    }
}

namespace Terse.Tests.Histories;

internal enum OperationKind
{
    Add,
    Find,
    Replace,
    Remove,
}

internal enum Outcome
{
    /// <summary>It took effect; for a read, it answered.</summary>
    Done,

    /// <summary>The code was taken.</summary>
    Taken,

    /// <summary>There was no such link.</summary>
    Missing,

    /// <summary>The link was not the one expected.</summary>
    Stale,

    /// <summary>It failed: it took effect or not, then or at any later moment.</summary>
    Unknown,
}

/// <summary>One operation on one code, as its client saw it. Links are told apart by a value that each write has of its own.</summary>
/// <param name="Code">The code.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Expected">The value that the change was based on.</param>
/// <param name="Value">The value written, or the one read; null when there was none to read.</param>
/// <param name="Outcome">What was answered.</param>
/// <param name="Start">When it was called, in a count that all clients share.</param>
/// <param name="End">When it answered.</param>
internal sealed record Operation(string Code, OperationKind Kind, long? Expected, long? Value, Outcome Outcome, long Start, long End)
{
    /// <summary>What a link store that does one operation after another would do: whether the answer is right for <paramref name="state"/>, and the state after it.</summary>
    public bool TryApply(long? state, out long? after)
    {
        var matches = state is not null && state == Expected;
        (var right, after) = (Kind, Outcome) switch
        {
            (OperationKind.Find, Outcome.Done) => (state == Value, state),
            (OperationKind.Find, _) => (true, state),
            (OperationKind.Add, Outcome.Done) => (state is null, Value),
            (OperationKind.Add, Outcome.Taken) => (state is not null, state),
            (OperationKind.Add, Outcome.Unknown) => (true, state ?? Value),
            (OperationKind.Replace, Outcome.Done) => (matches, Value),
            (OperationKind.Replace, Outcome.Unknown) => (true, matches ? Value : state),
            (OperationKind.Remove, Outcome.Done) => (matches, null),
            (OperationKind.Remove, Outcome.Unknown) => (true, matches ? null : state),
            (_, Outcome.Missing) => (state is null, state),
            (_, Outcome.Stale) => (state is not null && !matches, state),
            _ => (false, state),
        };
        return right;
    }

    public override string ToString() => $"[{Start,4}..{(Outcome == Outcome.Unknown ? "   ?" : End),4}] {Kind} {Code} expected {Expected?.ToString() ?? "-"} value {Value?.ToString() ?? "-"}: {Outcome}";
}

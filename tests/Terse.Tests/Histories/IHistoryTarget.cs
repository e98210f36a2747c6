namespace Terse.Tests.Histories;

/// <summary>What histories are taken of: one link per code, told apart by the value that its last write gave it.</summary>
internal interface IHistoryTarget
{
    Task<Outcome> AddAsync(string code, long value, int node);

    Task<(Outcome Outcome, long? Value)> FindAsync(string code, int node);

    Task<Outcome> ReplaceAsync(string code, long expected, long value, int node);

    Task<Outcome> RemoveAsync(string code, long expected, int node);
}

namespace Terse.Benchmarks;

/// <summary>A cache in the hit-rate comparison.</summary>
internal interface ITracedCache
{
    /// <summary>Whether the link was there; if not, it is from now on.</summary>
    bool Ask(int link);
}

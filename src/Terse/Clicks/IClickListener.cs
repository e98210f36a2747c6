namespace Terse.Clicks;

/// <summary>Hears of visits once they are counted, in the process whose worker wrote them. Register as many as there are features that want to know.</summary>
internal interface IClickListener
{
    /// <summary>
    /// Called after the write, once per visit: one that is delivered again is not told again. It must return at once and not throw; what takes time goes
    /// into a bounded queue of the listener's own. A process that dies between the write and this call tells nobody.
    /// </summary>
    /// <param name="clicks">Of one source, in order; never empty. All kinds: also 404s and visits to ended links.</param>
    void OnWritten(IReadOnlyList<EnrichedClick> clicks);
}

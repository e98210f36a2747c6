namespace Terse.Clicks;

/// <summary>Is told of clicks once the store has them: the live stream, webhooks. Must not block and must not throw.</summary>
internal interface IClickListener
{
    /// <param name="clicks">Those of one batch that were new, in their order.</param>
    void OnWritten(IReadOnlyList<EnrichedClick> clicks);
}

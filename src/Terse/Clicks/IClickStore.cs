using Terse.Codes;

namespace Terse.Clicks;

/// <summary>
/// Keeps visits and answers what they add up to. Every clause below is one test of the contract suite, which every adapter passes against the real engine.
/// All methods may be called from many threads at once. Any may throw <see cref="Links.StoreUnavailableException"/>; a write that failed so either happened
/// or did not, and is repeated as it was.
/// </summary>
internal interface IClickStore
{
    /// <summary>
    /// Writes the visits of one source and its new watermark in one transaction, and returns those that were new, in their order.
    /// <list type="bullet">
    /// <item>A visit whose position is not above the source's watermark was written before: it is left out. So a batch written twice counts once.</item>
    /// <item>The watermark becomes the highest position of the batch. It never falls.</item>
    /// <item>What was reported written is durable, and the next query counts it.</item>
    /// <item>Sources do not see each other's watermarks.</item>
    /// <item>The batch is in order of position; positions may have gaps. An empty batch changes nothing.</item>
    /// </list>
    /// </summary>
    /// <param name="source">The click log that the batch comes from: 1 to 64 characters.</param>
    ValueTask<IReadOnlyList<EnrichedClick>> WriteAsync(string source, IReadOnlyList<EnrichedClick> clicks, CancellationToken cancellationToken);

    /// <summary>The highest position written of <paramref name="source"/>, or null if there is none.</summary>
    ValueTask<long?> ReadWatermarkAsync(string source, CancellationToken cancellationToken);

    /// <summary>
    /// The secret that visitors of <paramref name="day"/> are hashed with, 32 bytes: random, the same for every caller and after a restart, another for
    /// each day. <see cref="RollUpAsync"/> destroys it three days later, and with it any way back from a hash.
    /// </summary>
    ValueTask<byte[]> ReadSaltAsync(DateOnly day, CancellationToken cancellationToken);

    /// <summary>
    /// The counts per unit in order of time; units without visits are left out.
    /// <list type="bullet">
    /// <item>Only visits of the query's link, kind and filters, from its start up to but without its end.</item>
    /// <item>A visitor counts in the unit of their first visit of the UTC day, so units add up to the total, whatever the unit and whatever the filter.</item>
    /// <item>Visits by bots count as clicks, but neither as humans nor as visitors.</item>
    /// <item>Visits that were folded count at the start of the hour or day that they were folded to.</item>
    /// </list>
    /// </summary>
    ValueTask<IReadOnlyList<ClickPoint>> ReadSeriesAsync(ClickQuery query, ClickUnit unit, CancellationToken cancellationToken);

    /// <summary>
    /// The counts per value of <paramref name="dimension"/>, the most clicks first and equals by value (ordinal), up to <paramref name="limit"/>.
    /// <list type="bullet">
    /// <item>Any dimension may be filtered by any other, and by itself.</item>
    /// <item>What is not known is the value <c>""</c>.</item>
    /// <item>A dimension keeps 50,000 values or more; where a store has a limit, later ones are counted together as <c>(other)</c>.</item>
    /// </list>
    /// </summary>
    ValueTask<IReadOnlyList<ClickGroup>> ReadTopAsync(ClickQuery query, ClickDimension dimension, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// The counts per link of all visits that led to its destination and are still kept, for each of <paramref name="codes"/>; links without any are left out.
    /// </summary>
    ValueTask<IReadOnlyDictionary<ShortCode, ClickCounts>> ReadTotalsAsync(IReadOnlyCollection<ShortCode> codes, CancellationToken cancellationToken);

    /// <summary>
    /// Forgets a link's visits from before a moment: afterwards no query counts them, neither its own nor those over all links.
    /// <list type="bullet">
    /// <item>Totals, of which they were part, get smaller by them. Visits that are written later count.</item>
    /// <item>Only what lies before <paramref name="before"/> altogether goes: visits of the minute that it falls into stay, and so does what was folded
    /// to the hour or day that it falls into.</item>
    /// </list>
    /// </summary>
    /// <param name="before">The first moment at which visits under this code may be another link's.</param>
    ValueTask EraseAsync(ShortCode code, DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>
    /// Folds and forgets old visits. Days are folded whole: a bound inside a day leaves that day as it is.
    /// <list type="bullet">
    /// <item>Folding changes no count of a query whose bounds and unit are not finer than what was folded to.</item>
    /// <item>Visits before <see cref="ClickRetention.DaysUntil"/> are gone from every query.</item>
    /// <item>Running it again changes nothing.</item>
    /// <item>A visit that arrives after its day was folded is counted all the same.</item>
    /// </list>
    /// </summary>
    /// <param name="now">Salts and hashes of visitors from before the day two days before it are destroyed.</param>
    ValueTask RollUpAsync(DateTimeOffset now, ClickRetention retention, CancellationToken cancellationToken);
}

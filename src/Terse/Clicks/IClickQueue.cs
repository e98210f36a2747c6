namespace Terse.Clicks;

/// <summary>
/// Hands the click log's records to a worker, at least once, and keeps those that nobody could work off. Every clause below is one test of the contract
/// suite, which every adapter passes against the real thing. All methods may be called from many threads at once. Any may throw
/// <see cref="Links.StoreUnavailableException"/> while the queue is away; nothing is lost by that, and the call is repeated as it was.
/// </summary>
internal interface IClickQueue
{
    /// <summary>
    /// How many partitions there are: as many deliveries may be out at once, and a worker receives from all of them at the same time. Asked now and then, since
    /// there may be more later. All records of a source come in one.
    /// </summary>
    ValueTask<int> CountPartitionsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The next records of a partition, once there are any.
    /// <list type="bullet">
    /// <item>Every record that was appended to the click log is delivered, also after a restart of either side.</item>
    /// <item>The records of a source come in order of position. A delivery is of one source and has at most <see cref="RecordingOptions.BatchSize"/> records.</item>
    /// <item>While a delivery is out, no other of that source is: the next comes after it was acknowledged, or it comes again.</item>
    /// <item>A delivery that was out when its receiver or the queue died is delivered again. So may be what was acknowledged just before.</item>
    /// <item>It waits until there is something, however long.</item>
    /// </list>
    /// </summary>
    ValueTask<ClickDelivery> ReceiveAsync(int partition, CancellationToken cancellationToken);

    /// <summary>Says that a delivery is worked off, after its write: it does not come again, and its place on disk may be used for others.</summary>
    ValueTask AcknowledgeAsync(ClickDelivery delivery, CancellationToken cancellationToken);

    /// <summary>Gives a delivery back: the same records come again, first of their source, after <paramref name="delay"/>, with <see cref="ClickDelivery.Attempt"/> one higher.</summary>
    ValueTask ReturnAsync(ClickDelivery delivery, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>
    /// Sets one record of a delivery aside as a dead letter, durable when this returns; the delivery itself is still to be acknowledged.
    /// The same record set aside twice is one dead letter.
    /// </summary>
    ValueTask SetAsideAsync(ClickDelivery delivery, DeadLetter letter, CancellationToken cancellationToken);

    /// <summary>How much waits.</summary>
    ValueTask<ClickQueueDepth> ReadDepthAsync(CancellationToken cancellationToken);

    /// <summary>Dead letters in order of <see cref="DeadLetter.Id"/> (ordinal), those after <paramref name="after"/>, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(string? after, int limit, CancellationToken cancellationToken);

    /// <summary>One dead letter, or null.</summary>
    ValueTask<DeadLetter?> FindDeadLetterAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Delivers a dead letter again, alone, and takes it off the list; false if there is none. Its delivery has the source
    /// <see cref="DeadLetter.ReplaySource"/>, which no other has, so that the store's watermark counts it once however often it is delivered.
    /// </summary>
    ValueTask<bool> ReplayAsync(string id, CancellationToken cancellationToken);

    /// <summary>Destroys a dead letter; false if there is none.</summary>
    ValueTask<bool> DiscardAsync(string id, CancellationToken cancellationToken);
}

/// <param name="Source">The click log that the records come from.</param>
/// <param name="Attempt">1 at first, and one more each time that it comes again.</param>
internal sealed record ClickDelivery(string Source, IReadOnlyList<QueuedClick> Clicks, int Attempt)
{
    /// <summary>Whether more waits behind it in its partition, so that a worker does not let clicks gather before it asks again.</summary>
    public bool MoreWaits { get; init; }

    /// <summary>What the adapter knows it by.</summary>
    public object? Receipt { get; init; }
}

/// <param name="Body">As <see cref="Log.ClickFormat"/> writes it.</param>
internal readonly record struct QueuedClick(long Position, ReadOnlyMemory<byte> Body);

/// <param name="Bytes">Of records that wait for a worker, those out for delivery included; about.</param>
internal readonly record struct ClickQueueDepth(long Bytes, long DeadLetters);

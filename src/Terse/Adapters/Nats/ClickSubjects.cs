using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Terse.Adapters.Nats;

/// <summary>
/// Subjects of clicks, <c>STREAM.clicks.PARTITION.SOURCE</c>, and the consumers that take them off: one for each partition. The stream takes all of them
/// whatever the number of partitions, so that programs with different numbers work on one stream.
/// </summary>
internal sealed class ClickSubjects(NatsOptions options)
{
    private const string ConsumerPrefix = "workers-";

    public string All => $"{options.Stream}.clicks.*.*";

    /// <summary>What the consumer of a partition takes. A single filter: nats-server 2.9 silently ignores a list of them.</summary>
    public string In(int partition) => string.Create(CultureInfo.InvariantCulture, $"{options.Stream}.clicks.{partition}.*");

    /// <summary>A source's subject in each partition that it ever had.</summary>
    public string OfEver(string source) => $"{options.Stream}.clicks.*.{source}";

    /// <summary>A source's subject. By nothing but its name and the number of partitions: everything of a source goes one way, in order.</summary>
    public string Of(string source) => string.Create(CultureInfo.InvariantCulture, $"{options.Stream}.clicks.{PartitionOf(source, options.Partitions)}.{source}");

    public static int PartitionOf(string source, int partitions) => (int)(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(source.AsSpan())) % (ulong)partitions);

    public static int PartitionIn(string subject) => int.Parse(subject.Split('.')[^2], NumberStyles.None, CultureInfo.InvariantCulture);

    public static string SourceIn(string subject) => subject[(subject.LastIndexOf('.') + 1)..];

    public static string Consumer(int partition) => string.Create(CultureInfo.InvariantCulture, $"{ConsumerPrefix}{partition}");

    /// <summary>The partition of a consumer, or null if it is none of ours.</summary>
    public static int? PartitionOfConsumer(string name) =>
        name.StartsWith(ConsumerPrefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(ConsumerPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
        && partition < NatsOptions.MostPartitions
            ? partition
            : null;
}

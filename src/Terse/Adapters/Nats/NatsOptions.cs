using System.ComponentModel.DataAnnotations;

namespace Terse.Adapters.Nats;

/// <summary>NATS JetStream as the queue of clicks, for a fleet: <c>Terse:Stores:Queue=Nats</c>. Servers from 2.9 on.</summary>
internal sealed class NatsOptions
{
    public const string Section = "Terse:Nats";
    public const int MostPartitions = 64;

    /// <summary>The servers, <c>nats://HOST:PORT</c> or <c>tls://HOST:PORT</c>, separated by commas; <c>nats://USER:PASSWORD@HOST:PORT</c> where they ask for it.</summary>
    [RegularExpression("^(nats|tls)://[^,\\s]+(,(nats|tls)://[^,\\s]+)*$", ErrorMessage = "Terse:Nats:Url must be one or more of nats://HOST:PORT, separated by commas.")]
    public string Url { get; set; } = "nats://127.0.0.1:4222";

    /// <summary>The stream of clicks; that of dead letters has <c>_DEAD</c> behind it. Made if they are not there. 1 to 32 letters, digits, hyphens and underscores.</summary>
    [RegularExpression("^[A-Za-z0-9_-]{1,32}$", ErrorMessage = "Terse:Nats:Stream must be 1 to 32 letters, digits, hyphens and underscores.")]
    public string Stream { get; set; } = "TERSE_CLICKS";

    /// <summary>On how many servers each click is kept, 1 to 5; 3 survives the loss of one.</summary>
    [Range(1, 5, ErrorMessage = "Terse:Nats:Replicas must be 1 to 5.")]
    public int Replicas { get; set; } = 1;

    /// <summary>The most that the stream takes, in MiB, 16 to 1,048,576. When it is full, clicks stay in the nodes' click logs until there is room.</summary>
    [Range(16, 1_048_576, ErrorMessage = "Terse:Nats:StreamMebibytes must be 16 to 1048576.")]
    public int StreamMebibytes { get; set; } = 10_240;

    /// <summary>
    /// Into how many partitions clicks are spread, 1 to 64: of each, one delivery is worked on at a time, by whichever worker is free. All clicks of a node are in
    /// one. Set the same on nodes and workers; it may be changed at any time, in any order: a node goes on in its new partition once its old one has been counted.
    /// </summary>
    [Range(1, MostPartitions, ErrorMessage = "Terse:Nats:Partitions must be 1 to 64.")]
    public int Partitions { get; set; } = 8;

    /// <summary>How long a worker may take over a delivery before another gets it. 1 second to 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Terse:Nats:Lease must be 00:00:01 to 00:10:00.")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);
}

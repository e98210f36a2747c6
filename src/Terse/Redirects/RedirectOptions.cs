using System.ComponentModel.DataAnnotations;

namespace Terse.Redirects;

/// <summary>How links are followed: the caches L1 and L2, hot codes, outages, and floods of unknown codes.</summary>
internal sealed class RedirectOptions
{
    public const string Section = "Terse:Redirects";

    /// <summary>
    /// The most that L1 keeps in memory, in megabytes, codes and destinations included. 1 to 1,048,576; 256 by default.
    /// Never more than a quarter of the memory that the process may use.
    /// </summary>
    [Range(1, 1_048_576, ErrorMessage = "Terse:Redirects:L1Megabytes must be 1 to 1048576.")]
    public int L1Megabytes { get; set; } = 256;

    /// <summary>
    /// How long a link is answered from L1 before the store is asked again, counted from the read and never extended by a hit;
    /// each entry lives up to a tenth less, so that entries read together do not end together. It bounds how late a change is seen when the
    /// message about it is lost. 1 second to 1 hour; 1 minute by default.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Terse:Redirects:L1Ttl must be 00:00:01 to 01:00:00.")]
    public TimeSpan L1Ttl { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long L2 (Redis, when <c>Terse:Redis:Endpoints</c> names one) keeps a link after it was read from the store, a tenth of jitter included,
    /// and never beyond the link's own end. It bounds how late a change is seen when Redis could not be told of it. 1 second to 1 day; 10 minutes by default.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Terse:Redirects:L2Ttl must be 00:00:01 to 1.00:00:00.")]
    public TimeSpan L2Ttl { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long one read of L2 may take before the store is read instead. 5 ms to 10 seconds; 100 ms by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.005", "00:00:10", ErrorMessage = "Terse:Redirects:L2Timeout must be 00:00:00.005 to 00:00:10.")]
    public TimeSpan L2Timeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many reads of L2 may be under way at once; more go to the store without waiting. 1 to 100,000; 256 by default.</summary>
    [Range(1, 100_000, ErrorMessage = "Terse:Redirects:L2Concurrency must be 1 to 100000.")]
    public int L2Concurrency { get; set; } = 256;

    /// <summary>How long L2 is left alone after five reads in a row failed, before one read tries again. 100 ms to 5 minutes; 1 second by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00", ErrorMessage = "Terse:Redirects:L2RetryAfter must be 00:00:00.100 to 00:05:00.")]
    public TimeSpan L2RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What is done for hot codes: <c>L1</c> (nothing more: each node answers them from its own memory), <c>VirtualKeys</c> (L2 holds
    /// <see cref="HotKeyCopies"/> copies of each, under keys that lie on different servers of a Redis Cluster), or <c>Replicas</c> (they are read
    /// from Redis replicas, everything else from primaries). See docs/decisions/0038-hot-key-mitigations.md for the comparison.
    /// </summary>
    [AllowedValues(HotInL1, HotInVirtualKeys, HotOnReplicas, ErrorMessage = "Terse:Redirects:HotKeys must be L1, VirtualKeys or Replicas.")]
    public string HotKeys { get; set; } = HotInL1;

    /// <summary>From how many redirects a second on this node a code counts as hot. 1 to 1,000,000; 100 by default.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Terse:Redirects:HotKeyRate must be 1 to 1000000.")]
    public int HotKeyRate { get; set; } = 100;

    /// <summary>How many copies of a hot code L2 holds with <c>VirtualKeys</c>. 2 to 64; 8 by default.</summary>
    [Range(2, 64, ErrorMessage = "Terse:Redirects:HotKeyCopies must be 2 to 64.")]
    public int HotKeyCopies { get; set; } = 8;

    public const string HotInL1 = "L1";
    public const string HotInVirtualKeys = "VirtualKeys";
    public const string HotOnReplicas = "Replicas";

    /// <summary>How long "no such code" is remembered: a negative entry. 0 (never) to 10 minutes; 10 seconds by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00", ErrorMessage = "Terse:Redirects:NegativeTtl must be 00:00:00 to 00:10:00.")]
    public TimeSpan NegativeTtl { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The most that negative entries take, in megabytes, beside <see cref="L1Megabytes"/>: a flood of unknown codes evicts no link. 1 to 1,024.</summary>
    [Range(1, 1024, ErrorMessage = "Terse:Redirects:NegativeMegabytes must be 1 to 1024.")]
    public int NegativeMegabytes { get; set; } = 16;

    /// <summary>
    /// How long past its TTL an entry may still be answered while the store is down. 0 (never) to 30 days; 1 day by default.
    /// A link's own end is kept even then.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00", ErrorMessage = "Terse:Redirects:StaleFor must be 00:00:00 to 30.00:00:00.")]
    public TimeSpan StaleFor { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long one read of the store may take before the store counts as down. 10 ms to 1 minute; 2 seconds by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00", ErrorMessage = "Terse:Redirects:StoreTimeout must be 00:00:00.010 to 00:01:00.")]
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many reads of the store may be under way at once; more wait, for <see cref="StoreTimeout"/> at most. 1 to 10,000; 64 by default.</summary>
    [Range(1, 10_000, ErrorMessage = "Terse:Redirects:StoreConcurrency must be 1 to 10000.")]
    public int StoreConcurrency { get; set; } = 64;

    /// <summary>How long the store is left alone after five reads in a row failed, before one read tries again; also <c>Retry-After</c> of the 503. 1 second to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00", ErrorMessage = "Terse:Redirects:StoreRetryAfter must be 00:00:01 to 00:05:00.")]
    public TimeSpan StoreRetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many unknown codes an address (IPv4, or the /64 of IPv6) may ask for in a minute, on average; beyond it, what is not in L1 is 429.
    /// Loopback and private addresses are not limited: they are proxies, whose clients cannot be told apart. 0 (no limit) to 1,000,000.
    /// </summary>
    [Range(0, 1_000_000, ErrorMessage = "Terse:Redirects:MissesPerMinute must be 0 to 1000000.")]
    public int MissesPerMinute { get; set; } = 60;

    /// <summary>How many unknown codes an address may ask for at once before <see cref="MissesPerMinute"/> holds. 1 to 1,000,000.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Terse:Redirects:MissBurst must be 1 to 1000000.")]
    public int MissBurst { get; set; } = 120;

    /// <summary>How many passwords may be tried on one link in a minute, by all visitors together; on all nodes together with Redis, else on each. 1 to 10,000; 60 by default.</summary>
    [Range(1, 10_000, ErrorMessage = "Terse:Redirects:PasswordsPerMinute must be 1 to 10000.")]
    public int PasswordsPerMinute { get; set; } = 60;

    /// <summary>
    /// How many passwords one address (IPv4, or the /64 of IPv6) may try on one link in a minute, and at once. Private addresses are not told apart:
    /// for them <see cref="PasswordsPerMinute"/> alone holds. 1 to 10,000; 5 by default.
    /// </summary>
    [Range(1, 10_000, ErrorMessage = "Terse:Redirects:PasswordsPerMinutePerAddress must be 1 to 10000.")]
    public int PasswordsPerMinutePerAddress { get; set; } = 5;

    /// <summary>Whether every answer says <c>X-Robots-Tag: noindex</c>: search engines list destinations, not short links.</summary>
    public bool NoIndex { get; set; } = true;

    /// <summary>
    /// Whether a node that only redirects answers plain requests for codes on the bytes of the connection, before Kestrel's HTTP: a tenth less CPU per redirect.
    /// Off: every request goes through Kestrel, as on nodes of other roles.
    /// </summary>
    public bool Wire { get; set; } = true;
}

using System.ComponentModel.DataAnnotations;

namespace Terse.Adapters.Redis;

/// <summary>
/// Redis, for what the nodes of a fleet share: L2 (links that one node has read, for all), and the backplane that tells every node of a change.
/// Without it each node has its L1 only, and sees the changes of others when its entries end. Redis being away costs no redirect.
/// </summary>
internal sealed class RedisOptions
{
    public const string Section = "Terse:Redis";

    /// <summary>
    /// Where Redis is, as <c>HOST:PORT</c>, separated by commas: one server, some or all nodes of a Redis Cluster (the rest is discovered), or the
    /// sentinels when <see cref="ServiceName"/> is set. Empty: no Redis, nothing is shared.
    /// </summary>
    [RegularExpression("^$|^[^,\\s]+(,[^,\\s]+)*$", ErrorMessage = "Terse:Redis:Endpoints must be empty, or one or more of HOST:PORT, separated by commas.")]
    public string Endpoints { get; set; } = "";

    /// <summary>The name under which the sentinels of <see cref="Endpoints"/> know the primary. Empty: no Sentinel.</summary>
    public string ServiceName { get; set; } = "";

    /// <summary>The user of Redis' access control lists. Empty: the default user.</summary>
    public string User { get; set; } = "";

    /// <summary>The password. Empty: none. Never logged.</summary>
    public string Password { get; set; } = "";

    /// <summary>Whether to connect by TLS. The server's certificate must be for the name or address in <see cref="Endpoints"/>, and from somebody who is trusted.</summary>
    public bool Tls { get; set; }

    /// <summary>A PEM file with the certificate of the authority that Redis' certificates are from. Empty: those that this machine trusts.</summary>
    public string Authority { get; set; } = "";

    /// <summary>What all keys and the channel start with, so that several instances can share one Redis: 1 to 64 of letters, digits, <c>. _ - :</c>.</summary>
    [RegularExpression("^[0-9A-Za-z._:-]{1,64}$", ErrorMessage = "Terse:Redis:KeyPrefix must be 1 to 64 letters, digits, or . _ - :")]
    public string KeyPrefix { get; set; } = "terse:";

    /// <summary>How long connecting may take, and any command whose caller sets no shorter limit. 100 ms to 1 minute; 2 seconds by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00", ErrorMessage = "Terse:Redis:Timeout must be 00:00:00.100 to 00:01:00.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);
}

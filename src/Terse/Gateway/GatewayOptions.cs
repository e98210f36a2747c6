using System.ComponentModel.DataAnnotations;
using Yarp.ReverseProxy.LoadBalancing;

namespace Terse.Gateway;

/// <summary>
/// What <c>terse gateway</c> stands in front of, and how it shares the work out. It listens at Terse:Urls. The lists of nodes are read again when
/// <c>appsettings.json</c> changes; everything else at the start.
/// </summary>
internal sealed class GatewayOptions
{
    public const string Section = "Terse:Gateway";
    private const string Nodes = "^(https?://[^/?#,\\s]+/?( *, *https?://[^/?#,\\s]+/?)*)?$";

    /// <summary>The nodes that follow links, as <c>http://HOST:PORT</c> separated by commas.</summary>
    [Required(ErrorMessage = "Terse:Gateway:RedirectNodes must be one or more of http://HOST:PORT, separated by commas.")]
    [RegularExpression(Nodes, ErrorMessage = "Terse:Gateway:RedirectNodes must be one or more of http://HOST:PORT, separated by commas.")]
    public string RedirectNodes { get; set; } = "";

    /// <summary>The nodes of <c>/api</c>, <c>/docs</c> and <c>/openapi</c>, likewise. Empty: the redirect nodes, as nodes of all roles.</summary>
    [RegularExpression(Nodes, ErrorMessage = "Terse:Gateway:ApiNodes must be empty, or one or more of http://HOST:PORT, separated by commas.")]
    public string ApiNodes { get; set; } = "";

    /// <summary>The nodes of <c>/admin</c>, likewise. Empty: the API nodes. A browser stays with its node while that one lives.</summary>
    [RegularExpression(Nodes, ErrorMessage = "Terse:Gateway:AdminNodes must be empty, or one or more of http://HOST:PORT, separated by commas.")]
    public string AdminNodes { get; set; } = "";

    /// <summary>
    /// How links are shared out among redirect nodes: <c>ConsistentHash</c> (each code has its node, so the nodes' L1 add up; a node that is too
    /// busy passes on), <c>RoundRobin</c>, <c>LeastConnections</c> or <c>PowerOfTwo</c> (the less busy of two drawn at random).
    /// </summary>
    [AllowedValues("ConsistentHash", "RoundRobin", "LeastConnections", "PowerOfTwo", ErrorMessage = "Terse:Gateway:Policy must be ConsistentHash, RoundRobin, LeastConnections or PowerOfTwo.")]
    public string Policy { get; set; } = ConsistentHashPolicy.PolicyName;

    /// <summary>ConsistentHash: how much above the mean of requests in flight a node may be before its codes spill over to the next. 1.05 to 10.</summary>
    [Range(1.05, 10, ErrorMessage = "Terse:Gateway:LoadBound must be 1.05 to 10.")]
    public double LoadBound { get; set; } = 1.25;

    /// <summary>ConsistentHash: so many requests in flight a node may always have before anything spills over. 1 to 10,000.</summary>
    [Range(1, 10_000, ErrorMessage = "Terse:Gateway:SpillFrom must be 1 to 10000.")]
    public int SpillFrom { get; set; } = 32;

    /// <summary>How often each node is asked for <c>/health/ready</c>. 100 milliseconds to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00", ErrorMessage = "Terse:Gateway:HealthInterval must be 00:00:00.1 to 00:01:00.")]
    public TimeSpan HealthInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a node may take to connect, or to answer that question. 50 milliseconds to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00", ErrorMessage = "Terse:Gateway:ConnectTimeout must be 00:00:00.05 to 00:01:00.")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a redirect node may answer nobody at all, not even whether it lives, while it holds requests and another node is well, before those are
    /// asked of other nodes. 50 milliseconds to 1 minute; as long as <see cref="RedirectTimeout"/>, and silence means nothing.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00", ErrorMessage = "Terse:Gateway:SilenceTimeout must be 00:00:00.05 to 00:01:00.")]
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a redirect node that answers others may take for one request before another node is asked. 100 milliseconds to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00", ErrorMessage = "Terse:Gateway:RedirectTimeout must be 00:00:00.1 to 00:01:00.")]
    public TimeSpan RedirectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an API or admin node may be silent, within an answer too. 1 second to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Terse:Gateway:ApiTimeout must be 00:00:01 to 01:00:00.")]
    public TimeSpan ApiTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>How many other nodes are asked when one fails a request that is safe to repeat. 0 to 10.</summary>
    [Range(0, 10, ErrorMessage = "Terse:Gateway:Retries must be 0 to 10.")]
    public int Retries { get; set; } = 2;

    /// <summary>How long a node that failed a request is left out, if its health does not leave it out for longer. 100 milliseconds to 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00", ErrorMessage = "Terse:Gateway:LeaveOut must be 00:00:00.1 to 00:10:00.")]
    public TimeSpan LeaveOut { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The largest request body, in bytes, that is passed on. 1 kB to 10 GB; an import is the largest there is.</summary>
    [Range(1_000, 10_000_000_000, ErrorMessage = "Terse:Gateway:MaxBody must be 1000 to 10000000000.")]
    public long MaxBody { get; set; } = 1_000_000_000;

    /// <summary>How many connections may be open at once. 0: as many as the system lets there be.</summary>
    [Range(0, 10_000_000, ErrorMessage = "Terse:Gateway:MaxConnections must be 0 to 10000000.")]
    public int MaxConnections { get; set; }

    /// <summary>For https addresses: the certificate with its chain (PEM), or both it and its key (PFX without a password). Read again when the file changes.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>The certificate's key (PEM), if it is not in the same file.</summary>
    public string CertificateKey { get; set; } = "";

    /// <summary>The name that YARP has for <see cref="Policy"/>.</summary>
    internal string YarpPolicy => Policy switch
    {
        "RoundRobin" => LoadBalancingPolicies.RoundRobin,
        "LeastConnections" => LoadBalancingPolicies.LeastRequests,
        "PowerOfTwo" => LoadBalancingPolicies.PowerOfTwoChoices,
        _ => ConsistentHashPolicy.PolicyName,
    };
}

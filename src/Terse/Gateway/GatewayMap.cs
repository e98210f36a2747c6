using System.Net;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace Terse.Gateway;

/// <summary>Which paths go to which nodes, as YARP wants it told.</summary>
internal static class GatewayMap
{
    public const string Redirects = "redirects";
    public const string Api = "api";
    public const string Admin = "admin";

    private static readonly string[] ApiPaths = ["api", "docs", "openapi", "scalar"];
    private static readonly string[] AdminPaths = ["admin", "_blazor", "_framework", "_content"];

    // Headers by which a visitor could pretend to be somebody else; X-Forwarded-* are set anew by YARP.
    private static readonly string[] Untrusted = ["Forwarded", "X-Real-IP", "X-Original-For", "X-Original-Proto", "X-Original-Host", "X-Content-Length"];

    public static IReadOnlyList<RouteConfig> Routes { get; } =
    [
        .. ApiPaths.Select(path => Route(path, Api)),
        .. AdminPaths.Select(path => Route(path, Admin)),
        Route("", Redirects),
    ];

    public static IReadOnlyList<ClusterConfig> Clusters(GatewayOptions options)
    {
        var redirects = options.RedirectNodes;
        var api = options.ApiNodes.Length > 0 ? options.ApiNodes : redirects;
        var admin = options.AdminNodes.Length > 0 ? options.AdminNodes : api;
        return
        [
            Cluster(Redirects, redirects, options.YarpPolicy, options.RedirectTimeout, options),
            Cluster(Api, api, LoadBalancingPolicies.PowerOfTwoChoices, options.ApiTimeout, options),
            Cluster(Admin, admin, LoadBalancingPolicies.PowerOfTwoChoices, options.ApiTimeout, options) with { SessionAffinity = Sticky },
        ];
    }

    // A circuit of the admin pages lives in one node's memory.
    private static SessionAffinityConfig Sticky => new()
    {
        Enabled = true,
        Policy = "HashCookie",
        FailurePolicy = "Redistribute",
        AffinityKeyName = "terse-node",
        Cookie = new() { HttpOnly = true, SameSite = SameSiteMode.Lax, SecurePolicy = CookieSecurePolicy.SameAsRequest, Path = "/" },
    };

    private static RouteConfig Route(string segment, string cluster)
    {
        var path = segment.Length == 0 ? "/{**rest}" : $"/{segment}/{{**rest}}";
        IReadOnlyDictionary<string, string>[] transforms =
        [
            new Dictionary<string, string> { ["RequestHeaderOriginalHost"] = "true" },
            new Dictionary<string, string> { ["X-Forwarded"] = "Set", ["Prefix"] = "Remove" },
            .. Untrusted.Select(header => new Dictionary<string, string> { ["RequestHeaderRemove"] = header }),
        ];
        return new RouteConfig { RouteId = segment.Length == 0 ? "rest" : segment, ClusterId = cluster, Match = new() { Path = path }, Transforms = transforms };
    }

    private static ClusterConfig Cluster(string id, string nodes, string policy, TimeSpan timeout, GatewayOptions options) => new()
    {
        ClusterId = id,
        LoadBalancingPolicy = policy,
        Destinations = Nodes(nodes).ToDictionary(node => node, node => new DestinationConfig { Address = node }, StringComparer.OrdinalIgnoreCase),
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = timeout, Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower },
        HealthCheck = new HealthCheckConfig
        {
            // When no node is well, all are asked: an answer from an ill node beats none.
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Active = new() { Enabled = true, Interval = options.HealthInterval, Timeout = options.ConnectTimeout, Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures, Path = "/health/ready" },
            Passive = new() { Enabled = true, Policy = FirstFailurePolicy.PolicyName, ReactivationPeriod = options.LeaveOut },
        },
        Metadata = new Dictionary<string, string> { [ConsecutiveFailuresHealthPolicyOptions.ThresholdMetadataName] = "1" },
    };

    private static IEnumerable<string> Nodes(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(node => node.TrimEnd('/')).Distinct(StringComparer.OrdinalIgnoreCase);
}

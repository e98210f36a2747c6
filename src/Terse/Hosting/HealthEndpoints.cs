using Microsoft.Extensions.Diagnostics.HealthChecks;
using Terse.Clicks;
using Terse.Codes;
using Terse.Links;

namespace Terse.Hosting;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it can do the work of its roles, and is not shutting down.</summary>
internal static class HealthEndpoints
{
    public const string Ready = "ready";

    // A store that hangs must not make a probe hang.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>
    /// What readiness asks. A node that follows links stays ready while the link store is away: what L1 has is still answered, and taking every
    /// such node away at once would end that too.
    /// </summary>
    public static IServiceCollection AddNodeHealth(this IServiceCollection services, NodeRoles roles)
    {
        if (roles.Has(NodeRoles.Redirect | NodeRoles.Api | NodeRoles.Admin))
            services.AddHealthChecks().AddCheck<LinkStoreHealth>("link-store", roles.Has(NodeRoles.Redirect) ? HealthStatus.Degraded : HealthStatus.Unhealthy, [Ready], Limit);
        if (roles == NodeRoles.Clicks) services.AddHealthChecks().AddCheck<ClickStoreHealth>("click-store", HealthStatus.Unhealthy, [Ready], Limit);
        return services;
    }

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new() { Predicate = _ => false, ResponseWriter = WriteAsync });
        routes.MapHealthChecks("/health/ready", new() { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        status = report.Status switch { HealthStatus.Healthy => "ok", HealthStatus.Degraded => "degraded", _ => "failed" },
        checks = report.Entries.ToDictionary(
            entry => entry.Key,
            entry => entry.Value.Status == HealthStatus.Healthy ? "ok" : entry.Value.Description ?? "failed"),
    });
}

/// <summary>Whether the link store answers.</summary>
internal sealed class LinkStoreHealth(ILinkStore links) : IHealthCheck
{
    private static readonly ShortCode Probe = ShortCode.Parse("health");

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await links.FindAsync(Probe, cancellationToken).AsTask().WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StoreUnavailableException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The link store does not answer.");
        }
    }
}

/// <summary>Whether the click store answers: asked on nodes that do nothing but count. Elsewhere clicks wait in the queue, and nobody is turned away.</summary>
internal sealed class ClickStoreHealth(IClickStore clicks) : IHealthCheck
{
    private const string Probe = "health";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await clicks.ReadWatermarkAsync(Probe, cancellationToken).AsTask().WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StoreUnavailableException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The click store does not answer.");
        }
    }
}

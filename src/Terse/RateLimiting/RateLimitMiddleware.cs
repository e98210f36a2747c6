using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Terse.Hosting;
using Terse.Links;

namespace Terse.RateLimiting;

/// <summary>
/// Holds requests of the API to the limits of their address, their key and their route, in this order; the first that refuses answers 429.
/// The headers (draft-ietf-httpapi-ratelimit-headers) tell of the limit that has the least left.
/// </summary>
internal sealed partial class RateLimitMiddleware(
    RequestDelegate next, IRateLimitStore store, RateLimitCallers callers, IOptions<RateLimitOptions> options, TimeProvider time, RateLimitMetrics metrics,
    ILogger<RateLimitMiddleware> logger)
{
    private readonly RateLimitRule? _perIp = Rule(callers.NamePrefix + "ip", options.Value.PerIp);
    private readonly RateLimitRule? _perKey = Rule(callers.NamePrefix + "key", options.Value.PerKey);
    private readonly RouteLimits _perRoute = RouteLimits.TryParse(options.Value.PerRoute, out var limits) ? limits : throw new FormatException(nameof(RateLimitOptions.PerRoute));

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        var delay = TimeSpan.Zero;
        (RateLimitRule Rule, RateLimitDecision Decision)? tightest = null;
        foreach (var (rule, subject) in Limits(context))
        {
            if (await TryTakeAsync(rule, subject, context.RequestAborted) is not { } decision)
            {
                if (options.Value.OnFailure == "Open") continue;
                context.Response.Headers.RetryAfter = "1";
                await Problems.LimitsUnavailable().ExecuteAsync(context);
                return;
            }

            if (!decision.IsAllowed)
            {
                metrics.Refused(rule.Name);
                Tell(context.Response, rule, decision);
                context.Response.Headers.RetryAfter = Seconds(decision.RetryAfter, least: 1);
                await Problems.RateLimited(rule).ExecuteAsync(context);
                return;
            }
            if (tightest is null || decision.Remaining < tightest.Value.Decision.Remaining) tightest = (rule, decision);
            if (decision.Delay > delay) delay = decision.Delay;
        }

        if (tightest is var (limit, left)) Tell(context.Response, limit, left);
        if (delay > TimeSpan.Zero) await Task.Delay(delay, time, context.RequestAborted);
        await next(context);
    }

    private IEnumerable<(RateLimitRule Rule, string Subject)> Limits(HttpContext context)
    {
        var address = Subject(context.Connection.RemoteIpAddress);
        var key = callers.KeyOf(context);
        if (_perIp is not null) yield return (_perIp, address);
        if (_perKey is not null && key is not null) yield return (_perKey, key);
        if (callers.RouteLimitOf(_perRoute, context) is { } route) yield return (route with { Name = callers.NamePrefix + route.Name }, key ?? address);
    }

    private async ValueTask<RateLimitDecision?> TryTakeAsync(RateLimitRule rule, string subject, CancellationToken cancellationToken)
    {
        try
        {
            var taking = store.TakeAsync(rule, subject, time.GetUtcNow(), cancellationToken);
            return taking.IsCompletedSuccessfully ? taking.Result : await taking.AsTask().WaitAsync(options.Value.Timeout, time, cancellationToken);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or TimeoutException)
        {
            metrics.Failed();
            Log.Failed(logger, options.Value.OnFailure == "Open" ? "pass" : "are answered 503", exception.Message);
            return null;
        }
    }

    private static void Tell(HttpResponse response, RateLimitRule rule, RateLimitDecision decision)
    {
        response.Headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{rule.Name}\";q={rule.Limit};w={(long)rule.Window.TotalSeconds}");
        response.Headers["RateLimit"] = $"\"{rule.Name}\";r={decision.Remaining.ToString(CultureInfo.InvariantCulture)};t={Seconds(decision.IsAllowed ? decision.ResetAfter : decision.RetryAfter, least: 0)}";
    }

    // Whoever has an IPv6 address has the whole /64.
    private static string Subject(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var octets = address.GetAddressBytes();
        octets.AsSpan(8).Clear();
        return new IPAddress(octets).ToString();
    }

    private static RateLimitRule? Rule(string name, string text) => RateLimitRule.TryParse(name, text, out var rule) ? rule : null;

    private static string Seconds(TimeSpan span, long least) => Math.Max(least, (long)Math.Ceiling(span.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Warning, "Rate limits cannot be asked; requests {Outcome}: {Reason}")]
        public static partial void Failed(ILogger logger, string outcome, string reason);
    }
}

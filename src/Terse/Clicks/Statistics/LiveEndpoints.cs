using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Terse.ApiKeys;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Clicks.Statistics;

/// <summary>Clicks as they are written, as server-sent events.</summary>
internal static class LiveEndpoints
{
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromMinutes(1);

    public static void MapLiveClicks(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Statistics").RequireAuthorization(ApiPolicies.Read);
        api.MapGet("/live", All).WithName("watchClicks");
        api.MapGet("/links/{code}/live", LinkAsync).KeepsToOwnLinks().WithName("watchLinkClicks");
    }

    /// <summary>Streams the visits of all links as server-sent events, each as it is written: <c>click</c>, and every 15 seconds <c>heartbeat</c>.</summary>
    [ProducesResponseType<LiveClick>(200, "text/event-stream")]
    [ProducesResponseType<ProblemDetails>(429, "application/problem+json")]
    internal static IResult All(HttpContext context, LiveClicks live, TimeProvider time, CancellationToken cancellationToken) =>
        Stream(null, context, live, time, cancellationToken);

    /// <summary>Streams the visits of one link as server-sent events, each as it is written: <c>click</c>, and every 15 seconds <c>heartbeat</c>.</summary>
    /// <param name="code">The link's code.</param>
    [ProducesResponseType<LiveClick>(200, "text/event-stream")]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(429, "application/problem+json")]
    internal static async Task<IResult> LinkAsync(
        string code, HttpContext context, ILinkStore links, LiveClicks live, TimeProvider time, CancellationToken cancellationToken)
    {
        var caller = context.User.AsLinkCaller();
        if (await links.FindAsync(code, caller, cancellationToken) is not { } link) return Problems.LinkNotFound(code);
        return Stream(link.Code, context, live, time, cancellationToken, caller.OwnOnly ? IsStillThereAsync : null);

        async ValueTask<bool> IsStillThereAsync() => await links.FindAsync(code, caller, cancellationToken) is not null;
    }

    /// <summary>The stream itself, for whoever may read. <paramref name="goesOn"/> is asked at each heartbeat: a stream outlives its link, whose code may then be another's.</summary>
    public static IResult Stream(
        ShortCode? code, HttpContext context, LiveClicks live, TimeProvider time, CancellationToken cancellationToken, Func<ValueTask<bool>>? goesOn = null)
    {
        if (live.Subscribe(code) is not { } subscription)
        {
            return Problems.Of(
                429, "too-many-streams", "Too many live streams are open on this node.", "Close one, or allow more with Terse:Clicks:LiveStreams.");
        }
        context.Response.RegisterForDispose(subscription);

        // A reader may stand still for longer than Kestrel's five seconds: it misses clicks, and is told. One that is gone must not hold its place for ever.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = new MinDataRate(bytesPerSecond: 1, LongestStandstill);
        var events = subscription.ReadAsync(time, cancellationToken);
        return TypedResults.ServerSentEvents(goesOn is null ? events : WhileAsync(goesOn, events));
    }

    private static async IAsyncEnumerable<SseItem<object>> WhileAsync(Func<ValueTask<bool>> goesOn, IAsyncEnumerable<SseItem<object>> events)
    {
        await foreach (var item in events)
        {
            if (item.EventType == LiveSubscription.HeartbeatEvent && !await goesOn()) yield break;
            yield return item;
        }
    }
}

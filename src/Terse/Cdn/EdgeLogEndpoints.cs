using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Terse.ApiKeys;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Hosting;

namespace Terse.Cdn;

/// <summary>
/// Takes in the visits that an edge cache answered by itself, out of its log. They are written at once, under the log's own watermark: what is sent twice
/// counts once. What a visitor must not be known by is gone when the answer leaves, as it is behind the click queue.
/// </summary>
internal static partial class EdgeLogEndpoints
{
    public const int MostVisits = 5_000;

    private static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(5);

    public static void MapEdgeLogs(this IEndpointRouteBuilder routes)
    {
        var logs = routes.MapGroup("/api/v1/edge-logs").WithTags("Edge logs").RequireAuthorization(ApiPolicies.Admin);
        logs.MapGet("/{log}", GetAsync).WithName("getEdgeLog");
        logs.MapPost("/{log}/visits", CountAsync).WithName("countEdgeVisits");
    }

    /// <summary>Tells how far an edge cache's log was counted.</summary>
    /// <param name="log">What the log is called: 1 to 58 lower-case letters, digits and hyphens, unlike any other log's.</param>
    [ProducesResponseType<EdgeLogResponse>(200)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    internal static async Task<IResult> GetAsync(string log, IClickStore store, CancellationToken cancellationToken) =>
        LogName().IsMatch(log) ? TypedResults.Ok(new EdgeLogResponse(await store.ReadWatermarkAsync(Source(log), cancellationToken), 0, [])) : IllegalName();

    /// <summary>Counts visits that an edge cache answered by itself. One whose position is not above the log's is left out: it was counted before.</summary>
    /// <param name="log">What the log is called: 1 to 58 lower-case letters, digits and hyphens, unlike any other log's.</param>
    [ProducesResponseType<EdgeLogResponse>(200)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    internal static async Task<IResult> CountAsync(
        string log, CountEdgeVisitsRequest request, IClickStore store, ClickEnricher enricher, IEnumerable<IClickListener> listeners, CdnMetrics metrics,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (!LogName().IsMatch(log)) return IllegalName();
        if (request.Visits is not { Count: <= MostVisits } sent) return Problems.ValidationFailed(new Dictionary<string, string[]> { ["visits"] = [$"Give up to {MostVisits} visits."] });
        if (!sent.Zip(sent.Skip(1)).All(static pair => pair.First?.Position < pair.Second?.Position))
            return Problems.ValidationFailed(new Dictionary<string, string[]> { ["visits"] = ["Visits are in order of their positions, each higher than the one before."] });

        var salts = new DaySalts(store);
        var latest = time.GetUtcNow() + MostAhead;
        var visits = new List<EnrichedClick>(sent.Count);
        var refused = new List<RefusedEdgeVisit>();
        foreach (var visit in sent)
        {
            if (visit.At > latest || visit.At < DateTimeOffset.UnixEpoch)
            {
                refused.Add(new RefusedEdgeVisit(visit.Position, "It has a time in the future, or before 1970."));
                continue;
            }

            var record = Cut(visit.ToRecord());
            if (enricher.Enrich(record, await salts.ReadAsync(DateOnly.FromDateTime(record.At.UtcDateTime), cancellationToken), out var reason) is { } click) visits.Add(click);
            else refused.Add(new RefusedEdgeVisit(visit.Position, reason));
        }

        var written = visits.Count == 0 ? [] : await store.WriteAsync(Source(log), visits, cancellationToken);
        metrics.Visited(written.Count);
        if (written.Count > 0)
            foreach (var listener in listeners) listener.OnWritten(written);
        return TypedResults.Ok(new EdgeLogResponse(await store.ReadWatermarkAsync(Source(log), cancellationToken), written.Count, refused));
    }

    /// <summary>With texts no longer than those of visits that a node records.</summary>
    private static ClickRecord Cut(in ClickRecord visit)
    {
        Span<byte> bytes = stackalloc byte[ClickFormat.MaxLength];
        return ClickFormat.TryRead(bytes[..ClickFormat.Write(visit, bytes)], visit.Position, out var cut, out var reason) ? cut : throw new InvalidOperationException(reason);
    }

    private static string Source(string log) => "edge-" + log;

    private static ProblemHttpResult IllegalName() =>
        Problems.ValidationFailed(new Dictionary<string, string[]> { ["log"] = ["A log's name is 1 to 58 lower-case letters, digits and hyphens."] });

    [GeneratedRegex("^[0-9a-z-]{1,58}$")]
    private static partial Regex LogName();
}

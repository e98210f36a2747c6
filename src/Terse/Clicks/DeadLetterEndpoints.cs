using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Terse.ApiKeys;
using Terse.Clicks.Log;
using Terse.Hosting;

namespace Terse.Clicks;

/// <summary>Clicks that could not be worked off, for admins: look at them, have them tried again, or destroy them.</summary>
internal static class DeadLetterEndpoints
{
    public const int MostListed = 1000;

    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        var letters = routes.MapGroup("/api/v1/dead-letters").WithTags("Dead letters").RequireAuthorization(ApiPolicies.Admin);
        letters.MapGet("/", ListAsync).WithName("listDeadLetters");
        letters.MapGet("/{id}", GetAsync).WithName("getDeadLetter");
        letters.MapPost("/{id}/replay", ReplayAsync).WithName("replayDeadLetter");
        letters.MapDelete("/{id}", DiscardAsync).WithName("discardDeadLetter");
    }

    /// <summary>Lists dead letters, in order of their ids.</summary>
    /// <param name="after">Only those after this id: the <c>next</c> of the page before.</param>
    /// <param name="limit">The most to list, 1 to 1,000; 100 if it is not given.</param>
    [ProducesResponseType<DeadLetterListResponse>(200)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    internal static async Task<IResult> ListAsync(IClickQueue queue, CancellationToken cancellationToken, string? after = null, int limit = 100)
    {
        if (limit is < 1 or > MostListed)
            return Problems.ValidationFailed(new Dictionary<string, string[]> { ["limit"] = [$"The limit must be 1 to {MostListed}."] });
        var letters = await queue.ListDeadLettersAsync(after, limit, cancellationToken);
        return TypedResults.Ok(new DeadLetterListResponse([.. letters.Select(DeadLetterResponse.From)], letters.Count == limit ? letters[^1].Id : null));
    }

    /// <summary>Shows a dead letter.</summary>
    /// <param name="id">Its id.</param>
    [ProducesResponseType<DeadLetterResponse>(200)]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> GetAsync(string id, IClickQueue queue, CancellationToken cancellationToken) =>
        await queue.FindDeadLetterAsync(id, cancellationToken) is { } letter ? TypedResults.Ok(DeadLetterResponse.From(letter)) : Missing(id);

    /// <summary>Has a dead letter worked off again. It is counted once, however often it is replayed; if it fails again, it comes back under its id.</summary>
    /// <param name="id">Its id.</param>
    [ProducesResponseType(202)]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> ReplayAsync(string id, HttpContext context, DeadLetterDesk desk, CancellationToken cancellationToken) =>
        await desk.ReplayAsync(id, context.User.KeyId(), cancellationToken) ? TypedResults.Accepted((string?)null) : Missing(id);

    /// <summary>Destroys a dead letter: the click is never counted.</summary>
    /// <param name="id">Its id.</param>
    [ProducesResponseType(204)]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> DiscardAsync(string id, HttpContext context, DeadLetterDesk desk, CancellationToken cancellationToken) =>
        await desk.DiscardAsync(id, context.User.KeyId(), cancellationToken) ? TypedResults.NoContent() : Missing(id);

    private static ProblemHttpResult Missing(string id) => Problems.NotFound($"No dead letter has the id {id}.");
}

/// <summary>A click that could not be worked off.</summary>
/// <param name="Id">What it is called; the same if it comes back after a replay.</param>
/// <param name="Reason">Why it could not be worked off.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="SetAsideAt">When it was set aside.</param>
/// <param name="Click">What it holds, or null when it cannot be read.</param>
/// <param name="Body">The record as it is, in Base64.</param>
public sealed record DeadLetterResponse(string Id, string Reason, int Attempts, DateTimeOffset SetAsideAt, DeadLetterClick? Click, string Body)
{
    internal static DeadLetterResponse From(DeadLetter letter) => new(
        letter.Id, letter.Reason, letter.Attempts, letter.At,
        ClickFormat.TryRead(letter.Body, letter.Position, out var click, out _)
            ? new DeadLetterClick(
                click.At, click.Kind switch { ClickKind.NotFound => "not-found", ClickKind.Ended => "ended", _ => "redirected" },
                click.Code, click.UserAgent, click.Referrer, click.AcceptLanguage, click.Query)
            : null,
        Convert.ToBase64String(letter.Body));
}

/// <summary>What a dead letter holds. The visitor's address is not kept.</summary>
/// <param name="At">When it was answered.</param>
/// <param name="Kind">redirected, not-found or ended.</param>
/// <param name="Code">The link.</param>
/// <param name="UserAgent">The header of that name.</param>
/// <param name="Referrer">The site that it came from.</param>
/// <param name="AcceptLanguage">The header of that name.</param>
/// <param name="Query">The query, if it had campaign tags.</param>
public sealed record DeadLetterClick(DateTimeOffset At, string Kind, string Code, string UserAgent, string Referrer, string AcceptLanguage, string Query);

/// <summary>A page of dead letters.</summary>
/// <param name="DeadLetters">In order of their ids.</param>
/// <param name="Next">What to give as <c>after</c> for the next page, or null when this is the last.</param>
public sealed record DeadLetterListResponse(IReadOnlyList<DeadLetterResponse> DeadLetters, string? Next);

using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Terse.ApiKeys;
using Terse.Clicks.Statistics;
using Terse.Codes;
using Terse.Hosting;

namespace Terse.Links;

/// <summary>The management API of links.</summary>
internal static class LinkEndpoints
{
    public const int MaxPage = 1000;
    private const int MaxSearch = 200;
    private const string Clicks = "clicks";
    private const string OnlyClicks = "What may be included is clicks.";
    private const string IfMatch = "The ETag that the link must still have; another one is 412.";

    public static void MapLinks(this IEndpointRouteBuilder routes)
    {
        var links = routes.MapGroup("/api/v1/links").WithTags("Links");
        links.MapPost("/", CreateAsync).RequireAuthorization(ApiPolicies.Write).KeepsToOwnLinks().WithName("createLink");
        links.MapGet("/", ListAsync).RequireAuthorization(ApiPolicies.Read).KeepsToOwnLinks().WithName("listLinks");
        links.MapPost("/bulk", BulkLinkCreation.CreateAsync).RequireAuthorization(ApiPolicies.Write).KeepsToOwnLinks().WithName("createLinks");
        links.MapGet("/{code}", GetAsync).RequireAuthorization(ApiPolicies.Read).KeepsToOwnLinks().WithName("getLink");
        links.MapGet("/{code}/qr", QrCodes.DrawAsync).RequireAuthorization(ApiPolicies.Read).KeepsToOwnLinks().WithName("drawQrCode");
        links.MapPatch("/{code}", ChangeAsync).RequireAuthorization(ApiPolicies.Write).KeepsToOwnLinks().WithName("changeLink");
        links.MapDelete("/{code}", RemoveAsync).RequireAuthorization(ApiPolicies.Write).KeepsToOwnLinks().WithName("deleteLink");
    }

    /// <summary>Makes a short link, under the alias asked for or under a generated, unguessable code.</summary>
    /// <param name="request">The link to be made.</param>
    /// <param name="dedupe">True: when the same request made a link within the last 24 hours, and it is unchanged, answer 200 with that one.</param>
    [ProducesResponseType<LinkResponse>(200)]
    [ProducesResponseType<LinkResponse>(201)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(409, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(422, "application/problem+json")]
    internal static async Task<IResult> CreateAsync(
        CreateLinkRequest request, HttpContext context, LinkCreation creation, [Description(IdempotencyKeys.Meaning), FromHeader(Name = IdempotencyKeys.Header)] string? idempotencyKey,
        bool? dedupe, CancellationToken cancellationToken)
    {
        var answer = await creation.CreateAsync(request, context, idempotencyKey, dedupe, cancellationToken);
        if (answer.Link is not { } link) return answer.Problem!;
        context.Response.Headers.ETag = ETags.Of(link);
        if (answer.Replayed) context.Response.Headers["Idempotency-Replayed"] = "true";
        return answer.Status == StatusCodes.Status201Created
            ? TypedResults.Created($"/api/v1/links/{link.Code}", creation.Show(link, context.Request))
            : TypedResults.Ok(creation.Show(link, context.Request));
    }

    /// <summary>Lists links, the last made first: of a key with the scope own those that it made.</summary>
    /// <param name="cursor">The next of the page before; left out for the first page.</param>
    /// <param name="limit">Links per page, 1 to 1,000; 50 by default.</param>
    /// <param name="search">Words that must each start a word of the code, URL, title or tags.</param>
    /// <param name="tag">A tag that the links must have.</param>
    /// <param name="include">clicks: show how often each link was followed.</param>
    [ProducesResponseType<LinkListResponse>(200)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    internal static async Task<IResult> ListAsync(
        HttpRequest request, ILinkStore store, OwnAddresses own, TimeProvider time,
        string? cursor, [DefaultValue(50)] int? limit, string? search, string? tag, string? include, ClickStatistics statistics, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (limit is < 1 or > MaxPage) errors.Add("limit", $"The limit is 1 to {MaxPage}.");
        if (search?.Length > MaxSearch) errors.Add("search", $"A search has at most {MaxSearch} characters.");
        if (tag?.Length > LinkValidator.MaxTag) errors.Add("tag", $"A tag has at most {LinkValidator.MaxTag} characters.");
        if (tag?.Any(char.IsControl) == true) errors.Add("tag", "A tag has no control characters.");
        if (include is not (null or Clicks)) errors.Add("include", OnlyClicks);
        if (errors.Any) return Problems.ValidationFailed(errors.ToDictionary());
        try
        {
            var query = new LinkQuery(limit ?? 50, Given(cursor), Given(search), Given(tag)?.ToLowerInvariant(), Owner: request.HttpContext.User.AsLinkCaller().Owner);
            var page = await store.ListAsync(query, cancellationToken);
            var (shortUrlBase, now) = (own.Base(request), time.GetUtcNow());
            var clicks = include is null ? null : await statistics.CountAsync([.. page.Links.Select(static link => link.Code)], cancellationToken);
            return TypedResults.Ok(new LinkListResponse(
                [.. page.Links.Select(link => LinkResponse.From(link, shortUrlBase, now) with { Clicks = clicks?[link.Code] })], page.Next));
        }
        catch (FormatException)
        {
            errors.Add("cursor", "Not a cursor of this list. Start again without one.");
            return Problems.ValidationFailed(errors.ToDictionary());
        }
    }

    /// <summary>Shows one link, ended or not.</summary>
    /// <param name="code">The link's code.</param>
    /// <param name="include">clicks: show how often the link was followed. Such an answer has no ETag.</param>
    [ProducesResponseType<LinkResponse>(200)]
    [ProducesResponseType(304)]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> GetAsync(
        string code, string? include, HttpContext context, ILinkStore store, LinkCreation creation, ClickStatistics statistics, CancellationToken cancellationToken)
    {
        if (include is not (null or Clicks)) return Problems.ValidationFailed(new Dictionary<string, string[]> { ["include"] = [OnlyClicks] });
        if (await store.FindAsync(code, context.User.AsLinkCaller(), cancellationToken) is not { } link) return Problems.LinkNotFound(code);
        if (include is Clicks) return TypedResults.Ok(creation.Show(link, context.Request) with { Clicks = (await statistics.CountAsync([link.Code], cancellationToken))[link.Code] });
        context.Response.Headers.ETag = ETags.Of(link);
        return EntityTagHeaderValue.TryParseList(context.Request.Headers.IfNoneMatch, out var known) && known.Any(tag => tag.Tag == ETags.Of(link))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(creation.Show(link, context.Request));
    }

    /// <summary>Changes the fields that are given, and no others.</summary>
    /// <param name="code">The link's code.</param>
    /// <param name="request">The changes.</param>
    [ProducesResponseType<LinkResponse>(200)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(412, "application/problem+json")]
    internal static async Task<IResult> ChangeAsync(
        string code, ChangeLinkRequest request, HttpContext context, LinkEditor editor, LinkCreation creation,
        [Description(IfMatch), FromHeader(Name = "If-Match")] string? ifMatch, CancellationToken cancellationToken)
    {
        if (!ShortCode.TryParse(code, out var parsed)) return Problems.LinkNotFound(code);
        if (!ETagCondition.TryRead(context.Request, out var condition)) return UnreadableIfMatch(ifMatch);
        var edit = await editor.ChangeAsync(parsed, request, condition, context.Request.Host, context.User.AsLinkCaller(), cancellationToken);
        if (edit.Outcome != EditOutcome.Done) return Refuse(edit, code);
        context.Response.Headers.ETag = ETags.Of(edit.Link!);
        return TypedResults.Ok(creation.Show(edit.Link!, context.Request));
    }

    /// <summary>Deletes a link. Its code answers 404 at once, on every node within a second, and is free again.</summary>
    /// <param name="code">The link's code.</param>
    [ProducesResponseType(204)]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(412, "application/problem+json")]
    internal static async Task<IResult> RemoveAsync(
        string code, HttpContext context, LinkEditor editor, [Description(IfMatch), FromHeader(Name = "If-Match")] string? ifMatch, CancellationToken cancellationToken)
    {
        if (!ShortCode.TryParse(code, out var parsed)) return Problems.LinkNotFound(code);
        if (!ETagCondition.TryRead(context.Request, out var condition)) return UnreadableIfMatch(ifMatch);
        var edit = await editor.RemoveAsync(parsed, condition, context.User.AsLinkCaller(), cancellationToken);
        return edit.Outcome == EditOutcome.Done ? TypedResults.NoContent() : Refuse(edit, code);
    }

    private static ProblemHttpResult Refuse(Edit edit, string code) => edit.Outcome switch
    {
        EditOutcome.Missing => Problems.LinkNotFound(code),
        EditOutcome.PreconditionFailed => Problems.PreconditionFailed(ETags.Of(edit.Link!)),
        EditOutcome.Invalid => Problems.ValidationFailed(edit.Errors!.ToDictionary()),
        _ => Problems.ConcurrentChange(),
    };

    private static ProblemHttpResult UnreadableIfMatch(string? header) =>
        Problems.MalformedRequest($"If-Match must be * or entity tags in quotes, such as \"1767225600000\", not {header}.");

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}

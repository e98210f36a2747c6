using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Terse.Hosting;

namespace Terse.Links;

/// <summary>Up to 1,000 creations in one call. They run side by side, so the store's group commit makes them durable together.</summary>
internal static class BulkLinkCreation
{
    public const int MaxLinks = 1000;
    public const int MaxPasswords = 20;

    /// <summary>Makes up to 1,000 links. Each succeeds or fails by itself; the answer is 200 with one result per link.</summary>
    /// <param name="request">The links to be made.</param>
    /// <param name="dedupe">As for a single link.</param>
    [ProducesResponseType<BulkCreateResponse>(200)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    public static async Task<IResult> CreateAsync(
        BulkCreateRequest request, HttpContext context, LinkCreation creation, [Description("As for a single link; it counts for each link with its place in the list."), FromHeader(Name = IdempotencyKeys.Header)] string? idempotencyKey,
        bool? dedupe, CancellationToken cancellationToken)
    {
        if (request.Links is not { Count: > 0 and <= MaxLinks } links)
        {
            var errors = new FieldErrors();
            errors.Add("links", $"Give 1 to {MaxLinks} links in one call.");
            return Problems.ValidationFailed(errors.ToDictionary());
        }

        if (links.Count(static link => link?.Password is not null) > MaxPasswords)
        {
            var errors = new FieldErrors();
            errors.Add("links", $"At most {MaxPasswords} links with a password in one call: each costs a slow hash.");
            return Problems.ValidationFailed(errors.ToDictionary());
        }

        var pending = new Task<CreationAnswer>[links.Count];
        for (var i = 0; i < pending.Length; i++)
        {
            var key = idempotencyKey is null ? null : $"{idempotencyKey}#{i}";
            pending[i] = creation.CreateAsync(links[i] ?? new CreateLinkRequest(), context, key, dedupe, cancellationToken).AsTask();
        }

        var answers = await Task.WhenAll(pending);
        var made = answers.Count(answer => answer.Link is not null);
        return TypedResults.Ok(new BulkCreateResponse(
            made,
            answers.Length - made,
            [.. answers.Select(answer => new BulkCreateResult(
                answer.Status, answer.Link is { } link ? creation.Show(link, context.Request) : null, answer.Problem?.ProblemDetails))]));
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Terse.Hosting;

/// <summary>Every error that the API answers, as RFC 9457 problem details. The <c>type</c> is stable; docs/problems.md explains each.</summary>
internal static class Problems
{
    public const string TypeBase = "https://terse.dev/problems/";

    public static ProblemHttpResult ValidationFailed(IReadOnlyDictionary<string, string[]> errors) => Of(
        400, "validation-failed", "The request has invalid fields.",
        "Nothing was changed. See errors for each field.",
        new() { ["errors"] = errors });

    public static ProblemHttpResult MalformedRequest(string detail) => Of(400, "malformed-request", "The request cannot be read.", detail);

    public static ProblemHttpResult Unauthorized(bool keyPresented) => Of(
        401, "unauthorized", "An API key is needed.",
        keyPresented
            ? "The API key is unknown, wrong, expired or revoked. List the keys with: terse keys list"
            : "Send an API key as X-Api-Key or as Authorization: Bearer. Make one with: terse keys create");

    public static ProblemHttpResult MetricsUnauthorized() => Of(
        401, "unauthorized", "A token is needed.", "Send the value of Terse:Metrics:Token as Authorization: Bearer.");

    public static ProblemHttpResult Forbidden() => Of(
        403, "forbidden", "The API key may not do this.", "Use a key that has the scope this route asks for: read, write or admin.");

    public static ProblemHttpResult OwnLinksOnly() => Of(
        403, "own-links-only", "The API key reaches its own links only.",
        "This route is about all links. Ask for each link by its code, such as GET /api/v1/links/{code}/stats, or use a key without the scope own.");

    public static ProblemHttpResult LinkNotFound(string code) => Of(
        404, "link-not-found", "There is no such link.", $"No link has the code {code}. Codes differ by case.");

    public static ProblemHttpResult NotFound(string what) => Of(404, "not-found", "There is nothing here.", what);

    public static ProblemHttpResult AliasTaken(string alias) => Of(
        409, "alias-taken", "The alias is taken.", $"Another link has the code {alias}. Choose another alias, or leave it out for a generated code.");

    public static ProblemHttpResult ConcurrentChange() => Of(
        409, "concurrent-change", "Others kept changing this link.", "Read the link again, and repeat the change.");

    public static ProblemHttpResult IdempotencyInFlight() => Of(
        409, "idempotency-in-flight", "A request with this Idempotency-Key is still being worked on.",
        "Repeat the same request in a second: it then gets the first one's answer.");

    public static ProblemHttpResult IdempotencyMismatch() => Of(
        422, "idempotency-mismatch", "This Idempotency-Key was used for another request.",
        "Use a new key for a new request; a retry repeats the first request's body unchanged.");

    public static ProblemHttpResult PreconditionFailed(string currentETag) => Of(
        412, "precondition-failed", "The link has changed since it was read.",
        "Read it again, and repeat the change with the new ETag in If-Match.",
        new() { ["currentETag"] = currentETag });

    public static ProblemHttpResult TooLarge(string detail) => Of(413, "too-large", "The request is too large.", detail);

    public static ProblemHttpResult NoNode() => Of(
        503, "no-node", "No node answers.", "The gateway could not reach a node that would. Try again in a few seconds.");

    public static ProblemHttpResult RateLimited(RateLimiting.RateLimitRule limit) => Of(
        429, "rate-limited", "Too many requests.",
        $"The limit \"{limit.Name}\" allows {limit.Limit} requests in {limit.Window.TotalSeconds:0} seconds. Wait for as many seconds as Retry-After says.");

    public static ProblemHttpResult LimitsUnavailable() => Of(
        503, "limits-unavailable", "The rate limits cannot be asked.", "Nothing was changed. Try again after as many seconds as Retry-After says.");

    public static ProblemHttpResult StoreUnavailable() => Of(
        503, "store-unavailable", "The store cannot be reached.", "Nothing was changed. Try again in a few seconds.");

    public static ProblemHttpResult Of(
        int status, string type, string title, string? detail = null, Dictionary<string, object?>? extensions = null) =>
        TypedResults.Problem(new ProblemDetails
        {
            Type = TypeBase + type,
            Status = status,
            Title = title,
            Detail = detail,
            Extensions = extensions ?? [],
        });

    /// <summary>Where a JSON body is wrong, in words that name the field but never our types.</summary>
    public static string Describe(JsonException exception)
    {
        var place = exception.Path is { Length: > 2 } path ? $" at {path}" : "";
        var line = exception.LineNumber is { } number ? $" (line {number + 1}, byte {exception.BytePositionInLine + 1})" : "";
        return exception.Message.Contains("could not be mapped", StringComparison.Ordinal)
            ? $"The JSON body has a field{place} that does not exist here. Check its spelling."
            : $"The body is not the JSON that this route takes: something{place} has the wrong form{line}.";
    }
}

using Microsoft.AspNetCore.Mvc;
using Terse.Hosting;
using Terse.Links;

namespace Terse.ApiKeys;

/// <summary>The management API of keys, for admins.</summary>
internal static class ApiKeyEndpoints
{
    public const int MaxName = 100;

    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/v1/keys").WithTags("API keys").RequireAuthorization(ApiPolicies.Admin);
        keys.MapPost("/", CreateAsync).WithName("createKey");
        keys.MapGet("/", ListAsync).WithName("listKeys");
        keys.MapDelete("/{id}", RevokeAsync).WithName("revokeKey");
    }

    /// <summary>Makes an API key. The answer is the only time that the key itself is shown.</summary>
    [ProducesResponseType<CreatedApiKeyResponse>(201)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    internal static async Task<IResult> CreateAsync(CreateApiKeyRequest request, HttpContext context, ApiKeyRing ring, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (request.Name?.Trim() is not { Length: > 0 and <= MaxName } name || name.Any(char.IsControl))
            errors.Add("name", $"A key needs a name of 1 to {MaxName} characters that says who uses it.");
        if (!ScopeNames.TryParse(request.Scopes, out var scopes, out var refusal)) errors.Add("scopes", refusal);
        if (request.ExpiresAt <= time.GetUtcNow()) errors.Add("expiresAt", "This instant has passed.");
        if (errors.Any) return Problems.ValidationFailed(errors.ToDictionary());

        var (key, text) = await ring.CreateAsync(request.Name!.Trim(), scopes, request.ExpiresAt?.ToUniversalTime().ToMillisecond(), context.User.KeyId(), cancellationToken);
        return TypedResults.Created($"/api/v1/keys/{key.Id}", new CreatedApiKeyResponse(text.Text, ApiKeyResponse.From(key, time.GetUtcNow())));
    }

    /// <summary>Lists all keys, the newest first, without their secrets.</summary>
    [ProducesResponseType<ApiKeyListResponse>(200)]
    internal static async Task<IResult> ListAsync(ApiKeyRing ring, TimeProvider time, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ApiKeyListResponse([.. (await ring.ListAsync(cancellationToken)).Select(key => ApiKeyResponse.From(key, time.GetUtcNow()))]));

    /// <summary>Revokes a key for ever: within 5 seconds no node takes it any more.</summary>
    /// <param name="id">The key's id, its part between the underscores.</param>
    [ProducesResponseType(204)]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> RevokeAsync(string id, HttpContext context, ApiKeyRing ring, CancellationToken cancellationToken) =>
        await ring.RevokeAsync(id, context.User.KeyId(), cancellationToken) ? TypedResults.NoContent() : Problems.NotFound($"No usable key has the id {id}.");
}

/// <summary>A key to be made.</summary>
public sealed record CreateApiKeyRequest
{
    /// <summary>Who uses it, 1 to 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>What it may do: any of read, write, admin. Admin includes the others. With own, read and write reach only the links that the key itself made.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>When it stops working, or null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A key as it is listed.</summary>
/// <param name="Id">Its public half.</param>
/// <param name="Name">Who uses it.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="State">active, expired or revoked.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it stops working, or null.</param>
/// <param name="RevokedAt">When it was revoked, or null.</param>
public sealed record ApiKeyResponse(
    string Id, string Name, IReadOnlyList<string> Scopes, string State, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    internal static ApiKeyResponse From(ApiKey key, DateTimeOffset now) => new(
        key.Id, key.Name, ScopeNames.Of(key.Scopes), key.RevokedAt is not null ? "revoked" : key.IsUsable(now) ? "active" : "expired",
        key.CreatedAt, key.ExpiresAt, key.RevokedAt);
}

/// <summary>A new key.</summary>
/// <param name="Key">The key itself. It is not stored and cannot be shown again.</param>
/// <param name="Record">The key as it is listed.</param>
public sealed record CreatedApiKeyResponse(string Key, ApiKeyResponse Record);

/// <summary>All keys.</summary>
/// <param name="Keys">The newest first.</param>
public sealed record ApiKeyListResponse(IReadOnlyList<ApiKeyResponse> Keys);

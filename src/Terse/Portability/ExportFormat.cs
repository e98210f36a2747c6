using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Terse.ApiKeys;
using Terse.Links;

namespace Terse.Portability;

/// <summary>
/// One line of an export (JSON Lines): exactly one of the three is there. The first line is the instance; then the keys; then the links, the
/// first made first.
/// </summary>
internal sealed record ExportLine
{
    public ExportedInstance? Instance { get; init; }
    public ExportedApiKey? ApiKey { get; init; }
    public ExportedLink? Link { get; init; }

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        NumberHandling = JsonNumberHandling.Strict,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

/// <param name="FormatVersion">1.</param>
/// <param name="ExportedAt">When the export began.</param>
/// <param name="PermutationKey">The secret that codes are made with, in base64; left out by --without-secrets.</param>
/// <param name="HighWater">The first id that was not leased yet.</param>
internal sealed record ExportedInstance(int FormatVersion, DateTimeOffset ExportedAt, byte[]? PermutationKey, long HighWater);

internal sealed record ExportedApiKey(
    string Id, string Name, byte[] Hash, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    public static ExportedApiKey From(ApiKey key) => new(
        key.Id, key.Name, key.Hash, ScopeNames.Of(key.Scopes), key.CreatedAt, key.ExpiresAt, key.RevokedAt);

    /// <summary>Null when something is missing.</summary>
    public ApiKey? ToApiKey() => ScopeNames.TryParse(Scopes, out var scopes, out _) && Id is { Length: > 0 } && Hash is { Length: 32 } && Name is not null
        ? new ApiKey { Id = Id, Name = Name, Hash = Hash, Scopes = scopes, CreatedAt = CreatedAt, ExpiresAt = ExpiresAt, RevokedAt = RevokedAt }
        : null;
}

internal sealed record ExportedLink
{
    public string? Code { get; init; }
    public string? Url { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? EndsAt { get; init; }
    public int RedirectType { get; init; }
    public string? Title { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public long EdgeTtl { get; init; }
    public bool Disabled { get; init; }
    public bool IsAlias { get; init; }
    public string? Owner { get; init; }
    public long Version { get; init; }
    public long? MaxVisits { get; init; }
    public long Visits { get; init; }
    public string? TakenDown { get; init; }

    /// <summary>In an export without secrets <see cref="HasPassword"/> alone stands for it: the link is then not imported, rather than opened to everyone.</summary>
    public string? PasswordHash { get; init; }

    public bool HasPassword { get; init; }

    public static ExportedLink From(Link link, bool withSecrets) => new()
    {
        Code = link.Code.Value,
        Url = link.Destination,
        CreatedAt = link.CreatedAt,
        ExpiresAt = link.ExpiresAt,
        EndsAt = link.EndsAt,
        RedirectType = (int)link.RedirectType,
        Title = link.Title,
        Tags = link.Tags.Count > 0 ? link.Tags : null,
        EdgeTtl = (long)link.EdgeTtl.TotalSeconds,
        Disabled = link.Disabled,
        IsAlias = link.IsAlias,
        Owner = link.Owner,
        Version = link.Version,
        MaxVisits = link.MaxVisits,
        Visits = link.Visits,
        TakenDown = link.TakenDown?.ToString().ToLowerInvariant(),
        PasswordHash = withSecrets ? link.PasswordHash : null,
        HasPassword = link.PasswordHash is not null,
    };
}

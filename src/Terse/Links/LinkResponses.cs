using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace Terse.Links;

/// <summary>A link as the API shows it.</summary>
public sealed record LinkResponse
{
    /// <summary>The code: what stands after the slash of the short URL. Codes differ by case.</summary>
    public required string Code { get; init; }

    /// <summary>What to share.</summary>
    public required string ShortUrl { get; init; }

    /// <summary>Where it leads, in canonical form.</summary>
    public required string Url { get; init; }

    /// <summary>What people call it, or null.</summary>
    public required string? Title { get; init; }

    /// <summary>Its tags, in lower case, ordered.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The HTTP status of the redirect.</summary>
    public required int RedirectType { get; init; }

    /// <summary>active, expired, used-up (maxVisits), disabled or taken-down.</summary>
    public required string State { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The end that its maker asked for, or null.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it stops redirecting: expiresAt, or the end of the instance's retention.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>How many seconds a CDN may answer in our place; 0 for never.</summary>
    public required long EdgeTtl { get; init; }

    /// <summary>The id of the API key that made it.</summary>
    public required string Owner { get; init; }

    /// <summary>How many visits it redirects, or null for no limit.</summary>
    public required long? MaxVisits { get; init; }

    /// <summary>How many visits of maxVisits were taken; null for a link without a limit.</summary>
    public required long? Visits { get; init; }

    /// <summary>Whether visitors must give a password.</summary>
    public required bool HasPassword { get; init; }

    /// <summary>Why it was taken down (other, phishing, malware, spam, legal or blocklist), or null.</summary>
    public required string? TakenDown { get; init; }

    /// <summary>How often it was followed, as far back as clicks are kept, bots included. Only there when asked for with include=clicks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Clicks { get; init; }

    internal static string StateOf(Link link, DateTimeOffset now) => link switch
    {
        { TakenDown: not null } => "taken-down",
        { Disabled: true } => "disabled",
        _ when now >= link.EndsAt => "expired",
        { IsUsedUp: true } => "used-up",
        _ => "active",
    };

    internal static LinkResponse From(Link link, string shortUrlBase, DateTimeOffset now) => new()
    {
        Code = link.Code.Value,
        ShortUrl = $"{shortUrlBase}/{link.Code}",
        Url = link.Destination,
        Title = link.Title,
        Tags = link.Tags,
        RedirectType = (int)link.RedirectType,
        State = StateOf(link, now),
        CreatedAt = link.CreatedAt,
        UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(link.Version),
        ExpiresAt = link.ExpiresAt,
        EndsAt = link.EndsAt,
        EdgeTtl = (long)link.EdgeTtl.TotalSeconds,
        Owner = link.Owner,
        MaxVisits = link.MaxVisits,
        Visits = link.MaxVisits is null ? null : link.Visits,
        HasPassword = link.PasswordHash is not null,
        TakenDown = link.TakenDown?.ToString().ToLowerInvariant(),
    };
}

/// <summary>A page of links.</summary>
/// <param name="Links">The last made first.</param>
/// <param name="Next">The cursor of the next page, or null on the last.</param>
public sealed record LinkListResponse(IReadOnlyList<LinkResponse> Links, string? Next);

/// <summary>What became of each link of a bulk call.</summary>
/// <param name="Created">How many were made or found.</param>
/// <param name="Failed">How many were not.</param>
/// <param name="Results">One result per link, in the order given.</param>
public sealed record BulkCreateResponse(int Created, int Failed, IReadOnlyList<BulkCreateResult> Results);

/// <summary>What became of one link.</summary>
/// <param name="Status">What a call for this link alone would have answered.</param>
/// <param name="Link">The link, when it was made or found.</param>
/// <param name="Problem">Why it was not, otherwise.</param>
public sealed record BulkCreateResult(int Status, LinkResponse? Link, ProblemDetails? Problem);

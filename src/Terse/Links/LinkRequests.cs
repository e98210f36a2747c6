namespace Terse.Links;

/// <summary>A link to be made.</summary>
public sealed record CreateLinkRequest
{
    /// <summary>Where the link leads: an absolute URL, http or https unless the instance allows more, 8 KB at most.</summary>
    /// <example>https://example.com/a/long/path?with=parameters</example>
    public string? Url { get; init; }

    /// <summary>The code to use: 1 to 64 letters, digits, - or _. Left out: a generated, unguessable code. Taken: 409.</summary>
    public string? Alias { get; init; }

    /// <summary>When the link stops redirecting and answers 410. Not together with ttl.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The same, counted from now: seconds, or words such as "8h" or "2 days". Not together with expiresAt.</summary>
    public Lifetime? Ttl { get; init; }

    /// <summary>The HTTP status of the redirect: 301, 302 (default), 307 or 308.</summary>
    public int? RedirectType { get; init; }

    /// <summary>What people call it, at most 500 characters.</summary>
    public string? Title { get; init; }

    /// <summary>At most 20 tags of 1 to 50 characters. Kept in lower case, ordered, each once.</summary>
    public IReadOnlyList<string?>? Tags { get; init; }

    /// <summary>
    /// How long a CDN may answer in our place (s-maxage): seconds or words, at most a year. 0 (default): never, so that every click is counted
    /// and an edit is seen at once.
    /// </summary>
    public Lifetime? EdgeTtl { get; init; }

    /// <summary>How many visits the link redirects before it answers 410: 1 to 10^12. Left out: as many as come.</summary>
    public long? MaxVisits { get; init; }

    /// <summary>What visitors must type before they are redirected: 1 to 128 characters. Kept as a slow hash, never shown again.</summary>
    public string? Password { get; init; }

    /// <summary>Parameters for the destination's own statistics, put into its URL.</summary>
    public Campaign? Campaign { get; init; }
}

/// <summary>Changes to a link. A field that is left out stays as it is; null takes an optional field away.</summary>
public sealed record ChangeLinkRequest
{
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    /// <summary>Where the link leads from now on.</summary>
    public string? Url { get; init => field = Given(nameof(Url), value); }

    /// <summary>When the link ends; null for no end but the instance's retention.</summary>
    public DateTimeOffset? ExpiresAt { get; init => field = Given(nameof(ExpiresAt), value); }

    /// <summary>The same, counted from now: seconds, or words such as "8h" or "2 days".</summary>
    public Lifetime? Ttl { get; init => field = Given(nameof(Ttl), value); }

    /// <summary>301, 302, 307 or 308.</summary>
    public int? RedirectType { get; init => field = Given(nameof(RedirectType), value); }

    /// <summary>At most 500 characters; null for none.</summary>
    public string? Title { get; init => field = Given(nameof(Title), value); }

    /// <summary>All the tags from now on; null or an empty list for none.</summary>
    public IReadOnlyList<string?>? Tags { get; init => field = Given(nameof(Tags), value); }

    /// <summary>How long a CDN may answer in our place: seconds or words; 0 for never.</summary>
    public Lifetime? EdgeTtl { get; init => field = Given(nameof(EdgeTtl), value); }

    /// <summary>True: answer 410 until it is switched on again.</summary>
    public bool? Disabled { get; init => field = Given(nameof(Disabled), value); }

    /// <summary>How many visits the link redirects, those already made included; null for no limit.</summary>
    public long? MaxVisits { get; init => field = Given(nameof(MaxVisits), value); }

    /// <summary>The password from now on: 1 to 128 characters; null for none.</summary>
    public string? Password { get; init => field = Given(nameof(Password), value); }

    internal bool Has(string field) => _given.Contains(field);

    internal bool IsEmpty => _given.Count == 0;

    private T Given<T>(string name, T value)
    {
        _given.Add(name);
        return value;
    }
}

/// <summary>Up to 1,000 links to be made in one call.</summary>
public sealed record BulkCreateRequest
{
    /// <summary>1 to 1,000 links. Each succeeds or fails by itself.</summary>
    public IReadOnlyList<CreateLinkRequest?>? Links { get; init; }
}

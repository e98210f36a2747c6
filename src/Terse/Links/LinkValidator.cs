using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Terse.Codes;
using Terse.Hosting;

namespace Terse.Links;

/// <summary>Turns what a caller asks for into what may be stored, or names every field that is wrong, and how.</summary>
internal sealed class LinkValidator(DestinationPolicy destinations, IOptions<LinksOptions> options, TimeProvider time)
{
    public const int MaxTitle = 500;
    public const int MaxTags = 20;
    public const int MaxTag = 50;
    private static readonly TimeSpan MaxEdgeTtl = TimeSpan.FromDays(366);

    public bool TryCreate(
        CreateLinkRequest request, HostString requestHost, [NotNullWhen(true)] out LinkDraft? draft, out FieldErrors errors)
    {
        errors = new FieldErrors();
        var now = time.GetUtcNow().ToMillisecond();
        request.Campaign?.Check(errors);
        var destination = Destination(request.Campaign is { } campaign && request.Url is { } url ? campaign.ApplyTo(url) : request.Url, requestHost, errors);
        var alias = Alias(request.Alias, errors);
        CheckEnd(request.ExpiresAt, request.Ttl, now, now, errors);
        draft = new LinkDraft
        {
            Destination = destination,
            Alias = alias,
            ExpiresAt = request.ExpiresAt?.ToUniversalTime().ToMillisecond(),
            Ttl = request.Ttl?.Value,
            RedirectType = Redirect(request.RedirectType, errors),
            Title = Title(request.Title, errors),
            Tags = Tags(request.Tags, errors),
            EdgeTtl = EdgeTtl(request.EdgeTtl, errors),
            MaxVisits = MaxVisits(request.MaxVisits, errors),
            Password = Password(request.Password, errors) is { } password ? new DraftPassword(password) : null,
        };
        if (errors.Any) draft = null;
        return draft is not null;
    }

    /// <param name="link">The link as it is.</param>
    /// <param name="request">What to change.</param>
    /// <param name="passwordHash">The slow hash of the request's password, made before; without meaning when it gives no legal one.</param>
    public bool TryChange(
        Link link, ChangeLinkRequest request, string? passwordHash, HostString requestHost, [NotNullWhen(true)] out Link? changed, out FieldErrors errors)
    {
        errors = new FieldErrors();
        var now = time.GetUtcNow().ToMillisecond();
        changed = link with { Version = link.NextVersion(now) };
        if (request.IsEmpty) errors.Add("", "Nothing to change: name at least one of url, expiresAt, ttl, redirectType, title, tags, edgeTtl, disabled, maxVisits, password.");
        if (request.Has(nameof(request.Url))) changed = changed with { Destination = Destination(request.Url, requestHost, errors) };
        if (request.Has(nameof(request.ExpiresAt)) || request.Has(nameof(request.Ttl)))
        {
            CheckEnd(request.ExpiresAt, request.Ttl, link.CreatedAt, now, errors);
            var expiresAt = request.Ttl is { } ttl ? now + ttl.Value : request.ExpiresAt?.ToUniversalTime().ToMillisecond();
            changed = changed with { ExpiresAt = expiresAt, EndsAt = LinkDraft.EndOf(expiresAt, link.CreatedAt, options.Value.Retention) };
        }

        if (request.Has(nameof(request.RedirectType))) changed = changed with { RedirectType = Redirect(request.RedirectType, errors) };
        if (request.Has(nameof(request.Title))) changed = changed with { Title = Title(request.Title, errors) };
        if (request.Has(nameof(request.Tags))) changed = changed with { Tags = Tags(request.Tags, errors) };
        if (request.Has(nameof(request.EdgeTtl))) changed = changed with { EdgeTtl = EdgeTtl(request.EdgeTtl, errors) };
        if (request.Has(nameof(request.Disabled))) changed = changed with { Disabled = request.Disabled ?? false };
        if (request.Has(nameof(request.MaxVisits))) changed = changed with { MaxVisits = MaxVisits(request.MaxVisits, errors) };
        if (request.Has(nameof(request.Password))) changed = changed with { PasswordHash = Password(request.Password, errors) is null ? null : passwordHash };
        if (errors.Any) changed = null;
        return changed is not null;
    }

    private static long? MaxVisits(long? maxVisits, FieldErrors errors)
    {
        if (maxVisits is < 1 or > Link.MostVisits) errors.Add("maxVisits", "A limit is 1 to 1,000,000,000,000 visits. Leave it out for none.");
        return maxVisits;
    }

    private static string? Password(string? password, FieldErrors errors)
    {
        if (password is not null && !LinkPasswords.IsLegal(password)) errors.Add("password", $"A password has 1 to {LinkPasswords.MaxLength} characters, none of them a control character.");
        return password;
    }

    private string Destination(string? url, HostString requestHost, FieldErrors errors)
    {
        if (destinations.Refuses(url, requestHost, out var canonical) is { } reason) errors.Add("url", reason);
        return canonical;
    }

    public static ShortCode? Alias(string? alias, FieldErrors errors)
    {
        if (alias is null) return null;
        if (!ShortCode.TryParse(alias, out var code))
            errors.Add("alias", "An alias is 1 to 64 of a-z, A-Z, 0-9, - and _. Leave it out for a generated code.");
        else if (ReservedWords.Contains(alias))
            errors.Add("alias", $"{alias} is a page of this site itself. Choose another alias.");
        return code;
    }

    private void CheckEnd(DateTimeOffset? expiresAt, Lifetime? ttl, DateTimeOffset createdAt, DateTimeOffset now, FieldErrors errors)
    {
        if (expiresAt is not null && ttl is not null) errors.Add("ttl", "Give expiresAt or ttl, not both.");
        var latest = createdAt + options.Value.Retention;
        var tooLate = $"Links are kept until {latest:yyyy-MM-ddTHH:mm:ssZ} at most here. Leave it out to keep the link that long.";
        if (expiresAt <= now) errors.Add("expiresAt", "This instant has passed.");
        if (expiresAt > latest) errors.Add("expiresAt", tooLate);
        if (ttl?.Value == TimeSpan.Zero) errors.Add("ttl", "A ttl is 1 second or more.");
        if (ttl?.Value > latest - now) errors.Add("ttl", tooLate);
    }

    private RedirectType Redirect(int? status, FieldErrors errors)
    {
        var wanted = (RedirectType)(status ?? options.Value.RedirectType);
        if (!Enum.IsDefined(wanted)) errors.Add("redirectType", "The redirect type is 301, 302, 307 or 308.");
        return wanted;
    }

    private static string? Title(string? title, FieldErrors errors)
    {
        title = title?.Trim();
        if (string.IsNullOrEmpty(title)) return null;
        if (title.Length > MaxTitle) errors.Add("title", $"A title has at most {MaxTitle} characters.");
        if (!IsPlainText(title)) errors.Add("title", "A title has no line breaks or other control characters.");
        return title;
    }

    private static string[] Tags(IReadOnlyList<string?>? tags, FieldErrors errors)
    {
        if (tags is null) return [];
        if (tags.Count > MaxTags) errors.Add("tags", $"A link has at most {MaxTags} tags.");
        for (var i = 0; i < tags.Count; i++)
        {
            if (tags[i]?.Trim() is not { Length: > 0 and <= MaxTag } tag) errors.Add($"tags[{i}]", $"A tag has 1 to {MaxTag} characters.");
            else if (!IsPlainText(tag) || tag.Contains(',')) errors.Add($"tags[{i}]", "A tag has no commas, line breaks or other control characters.");
        }

        return errors.Any ? [] : [.. tags.Select(tag => tag!.Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static TimeSpan EdgeTtl(Lifetime? ttl, FieldErrors errors)
    {
        if (ttl?.Value > MaxEdgeTtl) errors.Add("edgeTtl", "A CDN may keep a redirect for a year at most.");
        return ttl?.Value ?? TimeSpan.Zero;
    }

    private static bool IsPlainText(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (rune == System.Text.Rune.ReplacementChar || System.Text.Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029) return false;
        return true;
    }
}

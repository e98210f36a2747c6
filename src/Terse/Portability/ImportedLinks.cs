using Microsoft.Extensions.Options;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Portability;

/// <summary>Checks links that come from a file with the rules of creation, but for what only a new link must obey: an import may hold ended links.</summary>
internal sealed class ImportedLinks(LinkValidator validator, IOptions<LinksOptions> options, TimeProvider time)
{
    public const string Owner = "import";

    public Link? Validate(ExportedLink exported, ShortCode? code, FieldErrors errors)
    {
        var request = new CreateLinkRequest
        {
            Url = exported.Url,
            RedirectType = exported.RedirectType == 0 ? null : exported.RedirectType,
            Title = exported.Title,
            Tags = exported.Tags,
            MaxVisits = exported.MaxVisits,
            EdgeTtl = new Lifetime(TimeSpan.FromSeconds(Math.Clamp(exported.EdgeTtl, 0, int.MaxValue))),
        };
        if (!validator.TryCreate(request, default, out var draft, out var linkErrors)) errors.AddAll(linkErrors);
        TakedownReason takenDown = default;
        if (exported.TakenDown is { } reason && !(Enum.TryParse(reason, ignoreCase: true, out takenDown) && Enum.IsDefined(takenDown))) errors.Add("takenDown", "Not a reason for a take-down.");
        if (exported.Visits < 0) errors.Add("visits", "Visits are 0 or more.");
        if (exported.PasswordHash is { } hash ? !LinkPasswords.IsHash(hash) : exported.HasPassword)
            errors.Add("passwordHash", "The link has a password that is not in this file whole. Export with secrets.");
        if (errors.Any || code is not { } parsed) return null;

        var now = time.GetUtcNow().ToMillisecond();
        var createdAt = (exported.CreatedAt ?? now).ToUniversalTime().ToMillisecond();
        var expiresAt = exported.ExpiresAt?.ToUniversalTime().ToMillisecond();
        return draft!.ToLink(parsed, exported.Owner ?? Owner, options.Value.Retention, createdAt) with
        {
            ExpiresAt = expiresAt,
            EndsAt = exported.EndsAt?.ToUniversalTime().ToMillisecond() ?? LinkDraft.EndOf(expiresAt, createdAt, options.Value.Retention),
            Disabled = exported.Disabled,
            Visits = exported.Visits,
            PasswordHash = exported.PasswordHash,
            TakenDown = exported.TakenDown is null ? null : takenDown,
            Version = exported.Version > 0 ? exported.Version : now.ToUnixTimeMilliseconds(),
        };
    }
}

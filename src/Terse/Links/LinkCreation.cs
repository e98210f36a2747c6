using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Terse.ApiKeys;
using Terse.Hosting;

namespace Terse.Links;

/// <summary>One creation request, alone or within a bulk call: validated, made, and told as a status with a link or a problem.</summary>
internal sealed class LinkCreation(LinkValidator validator, LinkCreator creator, LinkPasswords passwords, OwnAddresses own, IOptions<LinksOptions> options, TimeProvider time)
{
    public async ValueTask<CreationAnswer> CreateAsync(
        CreateLinkRequest request, HttpContext context, string? idempotencyKey, bool? dedupe, CancellationToken cancellationToken)
    {
        var valid = validator.TryCreate(request, context.Request.Host, out var draft, out var errors);
        if (idempotencyKey is not null && !IdempotencyKeys.IsLegal(idempotencyKey))
            errors.Add(IdempotencyKeys.Header, $"An idempotency key is 1 to {IdempotencyKeys.MaxLength} printable ASCII characters, without spaces.");
        if (!valid || errors.Any) return CreationAnswer.Refused(Problems.ValidationFailed(errors.ToDictionary()));

        if (draft!.Password is { } password) draft = draft with { Password = await passwords.HashAsync(password, cancellationToken) };
        var owner = context.User.KeyId();
        var finds = idempotencyKey is null && (dedupe ?? options.Value.Dedupe);
        var creation = idempotencyKey is not null ? await creator.CreateOnceAsync(draft, owner, idempotencyKey, cancellationToken)
            : finds ? await creator.CreateOrFindAsync(draft, owner, cancellationToken)
            : await creator.CreateAsync(draft, owner, cancellationToken);
        return creation.Outcome switch
        {
            CreationOutcome.Created => new CreationAnswer(StatusCodes.Status201Created, creation.Link, null),
            CreationOutcome.Replayed when finds => new CreationAnswer(StatusCodes.Status200OK, creation.Link, null),
            CreationOutcome.Replayed => new CreationAnswer(StatusCodes.Status201Created, creation.Link, null, Replayed: true),
            CreationOutcome.InFlight => CreationAnswer.Refused(Problems.IdempotencyInFlight()),
            CreationOutcome.Mismatch => CreationAnswer.Refused(Problems.IdempotencyMismatch()),
            _ => CreationAnswer.Refused(Problems.AliasTaken(draft.Alias.ToString()!)),
        };
    }

    public LinkResponse Show(Link link, HttpRequest request) => LinkResponse.From(link, own.Base(request), time.GetUtcNow());
}

/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="Link">The link, when there is one.</param>
/// <param name="Problem">Why there is none, otherwise.</param>
/// <param name="Replayed">Whether this is the answer of an earlier call with the same key.</param>
internal readonly record struct CreationAnswer(int Status, Link? Link, ProblemHttpResult? Problem, bool Replayed = false)
{
    public static CreationAnswer Refused(ProblemHttpResult problem) => new(problem.StatusCode, null, problem);
}

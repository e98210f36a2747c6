using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Terse.ApiKeys;
using Terse.Auditing;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Migration;

/// <summary>How far this node's move is, and who leads: what <c>terse migrate</c> asks of each node, for admins.</summary>
internal static class MigrationEndpoints
{
    public static void MapMigration(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1/migration").WithTags("Migration").RequireAuthorization(ApiPolicies.Admin);
        api.MapGet("", Show).WithName("showMigration").ProducesProblem(404);
        api.MapPut("", LeadAsync).WithName("changeMigrationLead").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
    }

    /// <summary>Which store leads on this node, and how many changes the other misses. 404 when no move was set up (Terse:Migration:To).</summary>
    internal static Results<Ok<MigrationResponse>, ProblemHttpResult> Show([FromServices] IServiceProvider services) =>
        services.GetService<LiveMigration>() is { } migration ? TypedResults.Ok(MigrationResponse.Of(migration)) : Problems.NotFound("No move is set up here: Terse:Migration:To is empty.");

    /// <summary>Has this node's writes wait (nobody), or makes the target or the source lead. A pause ends by itself after 30 seconds.</summary>
    internal static async Task<Results<Ok<MigrationResponse>, ProblemHttpResult>> LeadAsync(
        ChangeMigrationRequest request, HttpContext context, [FromServices] IServiceProvider services, AuditLog audit, CancellationToken cancellationToken)
    {
        if (services.GetService<LiveMigration>() is not { } migration) return Problems.NotFound("No move is set up here: Terse:Migration:To is empty.");
        var before = MigrationResponse.Of(migration).Leads;
        bool? done = request.Leads switch
        {
            "nobody" => await migration.PauseAsync(cancellationToken),
            "target" => await migration.LeadAsync(target: true, cancellationToken),
            "source" => await migration.LeadAsync(target: false, cancellationToken),
            _ => null,
        };
        if (done is null)
        {
            var errors = new FieldErrors();
            errors.Add("leads", "Give nobody, target or source.");
            return Problems.ValidationFailed(errors.ToDictionary());
        }

        if (done.Value)
            await audit.RecordAsync(context.User.KeyId(), AuditActions.MigrationLeadChanged, "migration:links", new { Leads = before }, new { request.Leads });
        return done.Value
            ? TypedResults.Ok(MigrationResponse.Of(migration))
            : Problems.Of(409, "migration-behind", "The lead did not change.", $"The other store misses {migration.Missed} changes and does not take them now. Try again when it answers.");
    }
}

/// <summary>Who is to lead from now on.</summary>
public sealed record ChangeMigrationRequest
{
    /// <summary>target, source, or nobody: writes wait, for 30 seconds at most.</summary>
    public required string Leads { get; init; }
}

/// <summary>How far a node's move is.</summary>
public sealed record MigrationResponse
{
    /// <summary>source or target: the store that decides writes and answers reads.</summary>
    public required string Leads { get; init; }

    /// <summary>How many changed links the other store does not have yet.</summary>
    public required int Missed { get; init; }

    internal static MigrationResponse Of(LiveMigration migration) => new() { Leads = migration.TargetLeads ? "target" : "source", Missed = migration.Missed };
}

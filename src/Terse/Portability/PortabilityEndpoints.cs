using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Terse.ApiKeys;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Portability;

/// <summary>Export and import through the API, for admins.</summary>
internal static class PortabilityEndpoints
{
    private const string JsonLines = "application/jsonl";
    private const string Csv = "text/csv";

    public static IServiceCollection AddPortability(this IServiceCollection services) =>
        services.AddSingleton<Exporter>().AddSingleton<ImportedLinks>().AddSingleton<Importer>();

    public static void MapPortability(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Export and import").RequireAuthorization(ApiPolicies.Admin);
        api.MapGet("/export", ExportAsync).WithName("export");
        api.MapPost("/import", ImportAsync).WithName("import").WithMetadata(new RequestSizeLimitAttribute(long.MaxValue));
    }

    /// <summary>Streams all links as JSON Lines, the first made first.</summary>
    /// <param name="secrets">True: the permutation key, the hashed API keys and the hashed passwords of links too, which a whole backup needs.</param>
    [ProducesResponseType<string>(200, JsonLines)]
    internal static PushStreamHttpResult ExportAsync(Exporter exporter, bool? secrets, CancellationToken cancellationToken) =>
        TypedResults.Stream(stream => exporter.ExportAsync(stream, secrets ?? false, null, cancellationToken), JsonLines, "terse-export.jsonl");

    /// <summary>Takes in the body: an export (JSON Lines), or CSV with a header line when the content type is text/csv. An import that broke off is simply sent again.</summary>
    /// <param name="onConflict">What to do when a code is taken by a link that differs: fail (default), skip, overwrite or new-code.</param>
    [ProducesResponseType<ImportReport>(200)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(409, "application/problem+json")]
    internal static async Task<IResult> ImportAsync(HttpRequest request, Importer importer, string? onConflict, CancellationToken cancellationToken)
    {
        if (!FixedConflictPolicy.TryParse(onConflict ?? "fail", out var action))
        {
            var errors = new FieldErrors();
            errors.Add("onConflict", $"Give {FixedConflictPolicy.Legal}.");
            return Problems.ValidationFailed(errors.ToDictionary());
        }

        // A large file takes longer to store than to send: the pace is ours, so the client's data rate says nothing.
        if (request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
        var format = request.ContentType?.StartsWith(Csv, StringComparison.OrdinalIgnoreCase) == true ? ImportFormat.Csv : ImportFormat.JsonLines;
        try
        {
            var records = ImportSource.ReadAsync(request.Body, format, cancellationToken);
            return TypedResults.Ok(await importer.ImportAsync(records, new FixedConflictPolicy(action), request.HttpContext.User.KeyId(), null, cancellationToken));
        }
        catch (CommandException e)
        {
            return Problems.Of(409, "import-conflict", "The import stopped at a conflict.", e.Message);
        }
    }
}

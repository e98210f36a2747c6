using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Terse.Admin.Screens;
using Terse.ApiKeys;
using Terse.Hosting;
using Terse.Portability;

namespace Terse.Admin.Transfer;

/// <summary>
/// Import and export in the browser. A file is read as it arrives, never whole: what the browser has sent is what has been taken in, so its
/// upload is the progress.
/// </summary>
internal static class TransferActions
{
    public static void MapTransfer(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/transfer", () => Screen.Of<TransferScreen>());
        admin.MapGet("/transfer/export", (Exporter exporter, ExportProgress progress, TimeProvider time, bool? secrets, string? watch, CancellationToken cancellationToken) => TypedResults.Stream(
            stream => progress.FollowAsync(watch, report => exporter.ExportAsync(stream, secrets ?? false, report, cancellationToken)), "application/jsonl", $"terse-{time.GetUtcNow():yyyy-MM-dd}.jsonl"));
        admin.MapGet("/transfer/export/progress", (string watch, ExportProgress progress) => TypedResults.Json(progress.Read(watch)));
        admin.MapPost("/transfer/import", ImportAsync).WithMetadata(new RequestSizeLimitAttribute(long.MaxValue));
    }

    private static async Task<IResult> ImportAsync(HttpRequest request, Importer importer, string? format, string? onConflict, CancellationToken cancellationToken)
    {
        if (!FixedConflictPolicy.TryParse(onConflict ?? "skip", out var action)) return TypedResults.Json(new { trouble = $"Conflicts are solved by {FixedConflictPolicy.Legal}." }, statusCode: 400);
        if (request.HttpContext.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
        try
        {
            var records = ImportSource.ReadAsync(request.Body, format == "csv" ? ImportFormat.Csv : ImportFormat.JsonLines, cancellationToken);
            return TypedResults.Json(await importer.ImportAsync(records, new FixedConflictPolicy(action), request.HttpContext.User.KeyId(), null, cancellationToken));
        }
        catch (CommandException e)
        {
            return TypedResults.Json(new { trouble = e.Message }, statusCode: 409);
        }
    }
}

using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Terse.ApiKeys;
using Terse.Hosting;

namespace Terse.Portability;

/// <summary>Sends an import file to a running server, and reads back what became of it.</summary>
internal static class RemoteImport
{
    public static async Task<ImportReport> SendAsync(
        Uri server, string? apiKey, FileInfo file, ImportFormat format, string? onConflict, CancellationToken cancellationToken)
    {
        apiKey ??= Environment.GetEnvironmentVariable("TERSE_API_KEY");
        if (string.IsNullOrEmpty(apiKey)) throw new CommandException("Name an admin key of the server with --api-key, or in TERSE_API_KEY.");

        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var body = new StreamContent(file.OpenRead());
        body.Headers.ContentType = new MediaTypeHeaderValue(format == ImportFormat.Csv ? "text/csv" : "application/jsonl");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, $"/api/v1/import?onConflict={onConflict ?? "fail"}")) { Content = body };
        request.Headers.Add(ApiKeyAuthentication.HeaderName, apiKey);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode) return (await response.Content.ReadFromJsonAsync<ImportReport>(cancellationToken))!;
            var problem = await response.Content.ReadFromJsonAsync<ProblemDetails>(cancellationToken);
            throw new CommandException($"The server refused ({(int)response.StatusCode}): {problem?.Title} {problem?.Detail}");
        }
        catch (HttpRequestException e)
        {
            throw new CommandException($"{server} cannot be reached: {e.Message}");
        }
        catch (JsonException)
        {
            throw new CommandException($"{server} does not answer as a terse server does.");
        }
    }
}

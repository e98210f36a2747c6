using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Terse.ApiKeys;
using Terse.Hosting;

namespace Terse.Cdn;

/// <summary>Sends visits to a running server, and keeps trying while it is away: the log is still there.</summary>
internal sealed class EdgeLogClient : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public EdgeLogClient(Uri server, string? apiKey, TimeProvider time)
    {
        apiKey ??= Environment.GetEnvironmentVariable("TERSE_API_KEY");
        if (string.IsNullOrEmpty(apiKey)) throw new CommandException("Name an admin key of the server with --api-key, or in TERSE_API_KEY.");
        (_http, _time) = (new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(60) }, time);
        _http.DefaultRequestHeaders.Add(ApiKeyAuthentication.HeaderName, apiKey);
    }

    /// <summary>How far the log was counted; 0 when nothing was.</summary>
    public async Task<long> ReadPositionAsync(string log, CancellationToken cancellationToken) =>
        (await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, $"/api/v1/edge-logs/{log}"), cancellationToken)).Position ?? 0;

    public Task<EdgeLogResponse> CountAsync(string log, IReadOnlyList<EdgeVisit> visits, CancellationToken cancellationToken) => SendAsync(
        () => new HttpRequestMessage(HttpMethod.Post, $"/api/v1/edge-logs/{log}/visits") { Content = JsonContent.Create(new CountEdgeVisitsRequest(visits), options: JsonSerializerOptions.Web) },
        cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<EdgeLogResponse> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        for (var wait = TimeSpan.FromSeconds(1); ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            string reason;
            TimeSpan? retryAfter = null;
            try
            {
                using var response = await _http.SendAsync(request(), cancellationToken);
                if (response.IsSuccessStatusCode) return (await response.Content.ReadFromJsonAsync<EdgeLogResponse>(JsonSerializerOptions.Web, cancellationToken))!;
                if (response.StatusCode != HttpStatusCode.TooManyRequests && (int)response.StatusCode < 500)
                {
                    var problem = await response.Content.ReadFromJsonAsync<ProblemDetails>(cancellationToken);
                    throw new CommandException($"The server refused ({(int)response.StatusCode}): {problem?.Title} {problem?.Detail}");
                }
                (reason, retryAfter) = ($"it answered {(int)response.StatusCode}", response.Headers.RetryAfter?.Delta);
            }
            catch (HttpRequestException e)
            {
                reason = e.Message;
            }
            catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                reason = "it did not answer in time";
            }
            catch (JsonException)
            {
                throw new CommandException($"{_http.BaseAddress} does not answer as a terse server does.");
            }

            await Console.Error.WriteLineAsync($"terse: {_http.BaseAddress} takes no visits now ({reason}); trying again.");
            await Task.Delay(retryAfter ?? wait, _time, cancellationToken);
        }
    }
}

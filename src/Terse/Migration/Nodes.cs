using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Terse.ApiKeys;
using Terse.Hosting;

namespace Terse.Migration;

/// <summary>The running nodes of the instance, asked over their API.</summary>
internal sealed class Nodes : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(40) };
    private readonly Uri[] _servers;

    public Nodes(Uri[] servers, string? apiKey)
    {
        _servers = servers;
        apiKey ??= Environment.GetEnvironmentVariable("TERSE_API_KEY");
        if (string.IsNullOrEmpty(apiKey)) throw new CommandException("Name an admin key of the servers with --api-key, or in TERSE_API_KEY.");
        _http.DefaultRequestHeaders.Add(ApiKeyAuthentication.HeaderName, apiKey);
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    /// <summary>Asks each node how its move is.</summary>
    public Task<MigrationResponse[]> ShowAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_servers.Select(server => SendAsync(HttpMethod.Get, server, null, cancellationToken)));

    /// <summary>
    /// Makes the target lead on every node. Writes wait on all of them first, so that at no moment two stores decide; if one node cannot, all go back.
    /// </summary>
    public async Task LeadTargetAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TellAllAsync("nobody", cancellationToken);
            await TellAllAsync("target", cancellationToken);
        }
        catch (CommandException)
        {
            foreach (var server in _servers)
            {
                try
                {
                    await SendAsync(HttpMethod.Put, server, "source", CancellationToken.None);
                }
                catch (CommandException e)
                {
                    await Console.Error.WriteLineAsync($"terse: {e.Message}");
                }
            }

            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    private Task<MigrationResponse[]> TellAllAsync(string leads, CancellationToken cancellationToken) =>
        Task.WhenAll(_servers.Select(server => SendAsync(HttpMethod.Put, server, leads, cancellationToken)));

    private async Task<MigrationResponse> SendAsync(HttpMethod method, Uri server, string? leads, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(server, "/api/v1/migration"));
        if (leads is not null) request.Content = JsonContent.Create(new ChangeMigrationRequest { Leads = leads });
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode) return (await response.Content.ReadFromJsonAsync<MigrationResponse>(cancellationToken))!;
            var problem = await response.Content.ReadFromJsonAsync<ProblemDetails>(cancellationToken);
            throw new CommandException($"{server} refused ({(int)response.StatusCode}): {problem?.Title} {problem?.Detail}");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"{server} cannot be reached: {e.Message}");
        }
        catch (JsonException)
        {
            throw new CommandException($"{server} does not answer as a terse server does.");
        }
    }
}

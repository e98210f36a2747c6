using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Histories;

/// <summary>Whole servers behind their API: one for each node, all on the same data. The value is in the destination; the ETag that came with it is what changes are based on.</summary>
internal sealed class HttpTarget : IHistoryTarget
{
    private const string Destinations = "https://example.com/";

    private readonly TerseInstance[] _nodes;
    private readonly ConcurrentDictionary<(string Code, long Value), string> _tags = new();

    /// <summary>
    /// Every reading of the nodes' clock is a millisecond later than the one before: a version is made of the clock, and two links under one code that were begun
    /// in the same millisecond would have the same one (docs/decisions/0028).
    /// </summary>
    public HttpTarget(params TerseInstance[] nodes)
    {
        _nodes = nodes;
        foreach (var node in nodes) node.Time.AutoAdvanceAmount = TimeSpan.FromMilliseconds(1);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task<Outcome> AddAsync(string code, long value, int node)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/links") { Content = JsonContent.Create(new { url = Destinations + value, alias = code }) };
        return await SendAsync(request, code, value, node);
    }

    public async Task<(Outcome Outcome, long? Value)> FindAsync(string code, int node)
    {
        using var response = await Node(node).Admin.GetAsync($"/api/v1/links/{code}", Cancellation);
        if (response.StatusCode == HttpStatusCode.NotFound) return (Outcome.Done, null);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable) return (Outcome.Unknown, null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var value = long.Parse((await response.JsonAsync()).Text("url")[Destinations.Length..], CultureInfo.InvariantCulture);
        _tags[(code, value)] = response.Headers.ETag!.ToString();
        return (Outcome.Done, value);
    }

    public async Task<Outcome> ReplaceAsync(string code, long expected, long value, int node)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/links/{code}") { Content = JsonContent.Create(new { url = Destinations + value }) };
        request.Headers.TryAddWithoutValidation("If-Match", _tags[(code, expected)]);
        return await SendAsync(request, code, value, node);
    }

    public async Task<Outcome> RemoveAsync(string code, long expected, int node)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/links/{code}");
        request.Headers.TryAddWithoutValidation("If-Match", _tags[(code, expected)]);
        return await SendAsync(request, code, null, node);
    }

    private async Task<Outcome> SendAsync(HttpRequestMessage request, string code, long? value, int node)
    {
        using var response = await Node(node).Admin.SendAsync(request, Cancellation);
        if (response.IsSuccessStatusCode)
        {
            if (value is { } written) _tags[(code, written)] = response.Headers.ETag!.ToString();
            return Outcome.Done;
        }

        return response.StatusCode switch
        {
            HttpStatusCode.Conflict => Outcome.Taken,
            HttpStatusCode.NotFound => Outcome.Missing,
            HttpStatusCode.PreconditionFailed => Outcome.Stale,
            HttpStatusCode.ServiceUnavailable => Outcome.Unknown,
            _ => throw new InvalidOperationException($"{request.Method} {request.RequestUri}: {response.StatusCode} {await response.Content.ReadAsStringAsync(Cancellation)}"),
        };
    }

    private TerseInstance Node(int node) => _nodes[node % _nodes.Length];
}

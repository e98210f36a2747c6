using System.Net.Http.Headers;

namespace Terse.Cdn;

/// <summary>One cache to be told, in the form that it wants to be told in.</summary>
/// <param name="Address">What it is asked at.</param>
/// <param name="MostCodes">How many codes one request may name.</param>
/// <param name="Request">Says that whatever is kept of these links is to be forgotten.</param>
internal sealed record EdgeCache(Uri Address, int MostCodes, Func<IReadOnlyList<string>, HttpRequestMessage> Request)
{
    // As their references have it.
    private const int MostOfFastly = 256;
    private const int MostOfCloudflare = 100;

    public static IReadOnlyList<EdgeCache> Of(CdnOptions options) => options.CdnKind switch
    {
        CdnKind.Purge => [.. Addresses(options.Endpoints).Select(address => new EdgeCache(address, 1, codes => Purge(address, codes[0], options)))],
        CdnKind.Fastly => [.. Addresses(options.Endpoints, "https://api.fastly.com").Take(1).Select(address => new EdgeCache(address, MostOfFastly, codes => Fastly(address, codes, options)))],
        CdnKind.Cloudflare => [.. Addresses(options.Endpoints, "https://api.cloudflare.com").Take(1).Select(address => new EdgeCache(address, MostOfCloudflare, codes => Cloudflare(address, codes, options)))],
        _ => [],
    };

    private static HttpRequestMessage Purge(Uri address, string code, CdnOptions options)
    {
        var request = new HttpRequestMessage(new HttpMethod("PURGE"), new Uri(address, $"/{code}"));
        request.Headers.Add(options.TagHeader, code);
        if (options.Token.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
        return request;
    }

    private static HttpRequestMessage Fastly(Uri address, IReadOnlyList<string> codes, CdnOptions options)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, $"/service/{options.Service}/purge"))
        {
            Content = JsonContent.Create(new Dictionary<string, IReadOnlyList<string>> { ["surrogate_keys"] = codes }),
        };
        request.Headers.Add("Fastly-Key", options.Token);
        return request;
    }

    private static HttpRequestMessage Cloudflare(Uri address, IReadOnlyList<string> codes, CdnOptions options)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, $"/client/v4/zones/{options.Service}/purge_cache"))
        {
            Content = JsonContent.Create(new Dictionary<string, IReadOnlyList<string>> { ["tags"] = codes }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
        return request;
    }

    private static IEnumerable<Uri> Addresses(string list, string otherwise = "") =>
        (list.Length > 0 ? list : otherwise).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(address => new Uri(address));
}

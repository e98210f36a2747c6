using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Terse.Links;

/// <summary>Decides where links may lead, and writes destinations in one canonical form: lower-case scheme, punycode host, escaped to ASCII.</summary>
internal sealed class DestinationPolicy(IOptions<LinksOptions> options, OwnAddresses own, Blocklist blocklist)
{
    private static readonly SearchValues<char> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(c => (char)c), '\u2028', '\u2029']);

    private readonly LinksOptions _options = options.Value;
    private readonly FrozenSet<string> _schemes =
        options.Value.AllowedSchemes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The canonical form of <paramref name="text"/>, or the reason why no link may lead there.</summary>
    /// <param name="text">What the caller gave.</param>
    /// <param name="requestHost">The host that the request itself came to, which is ours too.</param>
    /// <param name="canonical">What to store, when the result is null.</param>
    public string? Refuses(string? text, HostString requestHost, out string canonical)
    {
        canonical = "";
        text = text?.Trim(' ');
        if (string.IsNullOrEmpty(text)) return "A destination is needed, such as https://example.com/page.";
        if (text.Length > _options.MaxDestinationBytes) return TooLong();
        if (text.AsSpan().IndexOfAny(Controls) >= 0) return "A destination has no line breaks, tabs or other control characters. Escape them as %0A.";
        if (!HasWholeSurrogates(text)) return "The destination is not well-formed Unicode text.";
        if (text.StartsWith('/') || !TryRead(text, out var uri))
            return "Not an absolute URL. Start with the scheme, such as https://example.com/page.";
        if (!_schemes.Contains(uri.Scheme))
            return $"The scheme {uri.Scheme} is not allowed here; allowed: {string.Join(", ", _schemes.Order(StringComparer.Ordinal))}.";
        if (uri.UserInfo.Length > 0 && !IsMailto(uri)) return "A user name or password in a URL would be shown to everyone who follows the link. Leave it out.";

        if (uri.Host.Length > 0)
        {
            if (HostOf(uri) is not { } host || Uri.CheckHostName(host) == UriHostNameType.Unknown) return "The host name is not a legal one.";
            if (uri.HostNameType == UriHostNameType.IPv6 && host.Contains('%')) return "An address with a zone (the part behind %) leads nowhere on other machines. Leave the zone out.";
            if (own.Contains(host, uri.Port, requestHost)) return "The destination is this shortener itself: following the link would loop.";
            if (blocklist.Blocks(host)) return $"The host {host} is on this instance's blocklist.";
        }

        canonical = Canonical(uri);

        // Reading it again must give the same: a host hidden behind invisible marks would otherwise be another when it is followed than when it was judged.
        if (!TryRead(canonical, out var again) || Canonical(again) != canonical) return "The host name is not a legal one.";
        return canonical.Length > _options.MaxDestinationBytes ? TooLong() : null;
    }

    private string TooLong() => $"A destination has at most {_options.MaxDestinationBytes} bytes, after escaping.";

    // .NET 10 runs past the end of some hosts that have nothing but marks of writing direction, and throws instead of refusing them.
    private static bool TryRead(string text, [NotNullWhen(true)] out Uri? uri)
    {
        try
        {
            return Uri.TryCreate(text, UriKind.Absolute, out uri);
        }
        catch (IndexOutOfRangeException)
        {
            uri = null;
            return false;
        }
    }

    // A host that mixes punycode with other letters passes for a URL, and only its translation throws.
    private static string? HostOf(Uri uri)
    {
        try
        {
            return uri.IdnHost;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static bool IsMailto(Uri uri) => uri.Scheme == Uri.UriSchemeMailto;

    private static string Canonical(Uri uri)
    {
        if (uri.Host.Length == 0 || IsMailto(uri)) return uri.AbsoluteUri;
        var host = uri.HostNameType == UriHostNameType.IPv6 ? $"[{uri.IdnHost}]" : uri.IdnHost;
        var port = uri.IsDefaultPort ? "" : $":{uri.Port}";
        return $"{uri.Scheme}://{host}{port}{uri.GetComponents(UriComponents.PathAndQuery | UriComponents.Fragment, UriFormat.UriEscaped)}";
    }

    private static bool HasWholeSurrogates(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1])) return false;
            i++;
        }

        return true;
    }
}

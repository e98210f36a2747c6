using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Terse.Links;

/// <summary>The condition that a caller puts on a change: <c>If-Match</c>, RFC 9110 section 13.1.1.</summary>
internal readonly struct ETagCondition
{
    private readonly IList<EntityTagHeaderValue>? _tags;

    private ETagCondition(IList<EntityTagHeaderValue>? tags) => _tags = tags;

    /// <summary>False when the header is there and cannot be read.</summary>
    public static bool TryRead(HttpRequest request, out ETagCondition condition)
    {
        var header = request.Headers.IfMatch;
        if (header.Count == 0)
        {
            condition = default;
            return true;
        }

        var readable = EntityTagHeaderValue.TryParseStrictList(header, out var tags);
        condition = new ETagCondition(tags);
        return readable;
    }

    public bool Holds(Link link)
    {
        if (_tags is null) return true;
        var current = ETags.Of(link);
        return _tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || (!tag.IsWeak && tag.Tag == current));
    }
}

internal static class ETags
{
    public static string Of(Link link) => string.Create(CultureInfo.InvariantCulture, $"\"{link.Version}\"");
}

using System.Text.Json.Serialization;

namespace Terse.Redirects;

/// <summary>What <c>GET /{code}+</c> tells of a link instead of following it.</summary>
/// <param name="Code">The short code.</param>
/// <param name="Url">Where it leads; its host alone when its visits are counted; null when it has a password.</param>
/// <param name="Title">The title its owner gave it, or null.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="EndsAt">When it stops redirecting, to the second; null when that is more than a century away.</param>
/// <param name="HasPassword">Whether visitors must give a password.</param>
/// <param name="CountsVisits">Whether it redirects a limited number of visits.</param>
internal sealed record LinkPreview(string Code, string? Url, string? Title, DateTimeOffset CreatedAt, DateTimeOffset? EndsAt, bool HasPassword, bool CountsVisits);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LinkPreview))]
internal sealed partial class LinkPreviewJson : JsonSerializerContext;

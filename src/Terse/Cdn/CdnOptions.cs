using System.ComponentModel.DataAnnotations;

namespace Terse.Cdn;

/// <summary>
/// The shared cache in front of redirects that keeps those whose link allows it (<c>edgeTtl</c>), and how it is told that a link has changed. Every answer
/// that may be kept is tagged with its code: <c>Surrogate-Key</c>, or <c>Cache-Tag</c> for Cloudflare. See docs/operations.md, "Behind a CDN".
/// </summary>
internal sealed class CdnOptions : IValidatableObject
{
    public const string Section = "Terse:Cdn";

    /// <summary>
    /// What is told: <c>None</c> (nothing: an edit is late by the link's <c>edgeTtl</c>), <c>Purge</c> (each of <see cref="Endpoints"/> is sent
    /// <c>PURGE /{code}</c>: Varnish with deploy/varnish/terse.vcl, nginx with a purge module, Squid), <c>Fastly</c> or <c>Cloudflare</c> (their API).
    /// </summary>
    [AllowedValues(nameof(CdnKind.None), nameof(CdnKind.Purge), nameof(CdnKind.Fastly), nameof(CdnKind.Cloudflare), ErrorMessage = "Terse:Cdn:Kind must be None, Purge, Fastly or Cloudflare.")]
    public string Kind { get; set; } = nameof(CdnKind.None);

    /// <summary>Purge: every cache there is, as <c>http://HOST:PORT</c> separated by commas. Fastly, Cloudflare: the API; empty: the public one.</summary>
    [RegularExpression("^(https?://[^/?#,\\s]+/?( *, *https?://[^/?#,\\s]+/?)*)?$", ErrorMessage = "Terse:Cdn:Endpoints must be empty, or one or more of http://HOST:PORT, separated by commas.")]
    public string Endpoints { get; set; } = "";

    /// <summary>Fastly: the id of the service. Cloudflare: the id of the zone.</summary>
    [RegularExpression("^[0-9A-Za-z]*$", ErrorMessage = "Terse:Cdn:Service must be letters and digits.")]
    public string Service { get; set; } = "";

    /// <summary>The token of the API, allowed to purge. With Purge it is sent as <c>Authorization: Bearer</c> if there is one. Never logged.</summary>
    [RegularExpression("^[!-~]*$", ErrorMessage = "Terse:Cdn:Token must be printable ASCII without spaces.")]
    public string Token { get; set; } = "";

    /// <summary>How long a purge may take before it is tried again. 100 ms to 1 minute; 5 seconds by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00", ErrorMessage = "Terse:Cdn:Timeout must be 00:00:00.100 to 00:01:00.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    internal CdnKind CdnKind => Enum.TryParse<CdnKind>(Kind, out var kind) ? kind : CdnKind.None;

    /// <summary>The header by which the cache knows which answers belong to a link.</summary>
    internal string TagHeader => CdnKind == CdnKind.Cloudflare ? "Cache-Tag" : "Surrogate-Key";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CdnKind == CdnKind.Purge && Endpoints.Length == 0) yield return new("Terse:Cdn:Kind is Purge, so Terse:Cdn:Endpoints must name the caches.");
        if (CdnKind is CdnKind.Fastly or CdnKind.Cloudflare && (Service.Length == 0 || Token.Length == 0))
            yield return new($"Terse:Cdn:Kind is {Kind}, so Terse:Cdn:Service and Terse:Cdn:Token must be set.");
    }
}

internal enum CdnKind
{
    None,
    Purge,
    Fastly,
    Cloudflare,
}

using System.ComponentModel.DataAnnotations;

namespace Terse.Hosting;

/// <summary>
/// Who may read <c>/metrics</c> (Prometheus text). Nobody, unless one of these is set. Metrics are also pushed when the environment has
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.
/// </summary>
internal sealed class MetricsOptions
{
    public const string Section = "Terse:Metrics";

    /// <summary>Whether everybody who reaches this node may read its metrics: for nodes that only a private network reaches.</summary>
    public bool Public { get; set; }

    /// <summary>The secret that a scraper sends as <c>Authorization: Bearer</c>. At least 16 characters, without spaces. It needs no store, unlike an API key.</summary>
    [RegularExpression("^$|^\\S{16,}$", ErrorMessage = "Terse:Metrics:Token must be empty, or at least 16 characters without spaces.")]
    public string Token { get; set; } = "";

    public bool Served => Public || Token.Length > 0;
}

using System.ComponentModel.DataAnnotations;

namespace Terse.Hosting;

/// <summary>What the whole program shares. Set by <c>--data</c>, <c>--urls</c>, <c>--set</c>, <c>Terse__…</c> in the environment, or appsettings.json.</summary>
internal sealed class TerseOptions
{
    public const string Section = "Terse";

    /// <summary>The directory of the embedded stores, made when it is not there. A relative path counts from the working directory.</summary>
    [Required(ErrorMessage = "Terse:Data must name a directory.")]
    public string Data { get; set; } = "./data";

    /// <summary>The addresses to listen on, separated by semicolons.</summary>
    [Required(ErrorMessage = "Terse:Urls must be one or more of http://HOST:PORT, separated by semicolons.")]
    [RegularExpression("^https?://[^;\\s]+(;https?://[^;\\s]+)*$", ErrorMessage = "Terse:Urls must be one or more of http://HOST:PORT, separated by semicolons.")]
    public string Urls { get; set; } = "http://localhost:5080";

    /// <summary>
    /// What this node does: <c>All</c>, or one or more of <c>Redirect</c>, <c>Api</c>, <c>Clicks</c>, <c>Admin</c>, separated by commas.
    /// Nodes of different roles share stores that are servers: see Terse:Stores.
    /// </summary>
    [Required(ErrorMessage = "Terse:Roles must be All, or one or more of Redirect, Api, Clicks, Admin, separated by commas.")]
    [RegularExpression("^(All|(Redirect|Api|Clicks|Admin)( *, *(Redirect|Api|Clicks|Admin))*)$", ErrorMessage = "Terse:Roles must be All, or one or more of Redirect, Api, Clicks, Admin, separated by commas.")]
    public string Roles { get; set; } = "All";

    /// <summary>
    /// The address that short URLs start with, such as <c>https://sho.rt</c>. Empty: the scheme and host of the request that asks.
    /// Set it wherever a proxy stands in front.
    /// </summary>
    [RegularExpression("^$|^https?://[^/?#\\s]+/?$", ErrorMessage = "Terse:PublicUrl must be empty, or http:// or https:// with a host, an optional port, and no path.")]
    public string PublicUrl { get; set; } = "";

    /// <summary>
    /// The admin key to make at first start, in place of a random one: <c>terse_</c>, 10 letters or digits, <c>_</c>, 32 letters or digits.
    /// Never logged; without effect once the store has a key.
    /// </summary>
    [RegularExpression("^$|^terse_[0-9A-Za-z]{10}_[0-9A-Za-z]{32}$", ErrorMessage = "Terse:BootstrapKey must be terse_, 10 letters or digits, _, and 32 letters or digits.")]
    public string BootstrapKey { get; set; } = "";

    /// <summary>How log lines look: <c>Text</c> or <c>Json</c> (one object a line).</summary>
    [AllowedValues("Text", "Json", ErrorMessage = "Terse:LogFormat must be Text or Json.")]
    public string LogFormat { get; set; } = "Text";

    /// <summary>
    /// How long the program still serves after SIGTERM while <c>/health/ready</c> already says 503, so that a load balancer can look away first.
    /// 0 to 5 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00", ErrorMessage = "Terse:DrainDelay must be 00:00:00 to 00:05:00.")]
    public TimeSpan DrainDelay { get; set; } = TimeSpan.Zero;

    /// <summary>How long requests in flight may take to finish after that. 1 second to 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Terse:ShutdownTimeout must be 00:00:01 to 00:10:00.")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed, as CIDR networks separated by commas
    /// (<c>10.0.0.0/8,::1/128</c>). Empty: nobody's.
    /// </summary>
    public string TrustedProxies { get; set; } = "";

    public NodeRoles NodeRoles => Enum.Parse<NodeRoles>(Roles);

    public string DataDirectory => Path.GetFullPath(Data);
}

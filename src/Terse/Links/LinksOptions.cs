using System.ComponentModel.DataAnnotations;

namespace Terse.Links;

/// <summary>What links may be, and how long they are kept.</summary>
internal sealed class LinksOptions
{
    public const string Section = "Terse:Links";

    /// <summary>How long a link redirects when it asks for no earlier end. 1 day to 100 years; 5 years by default.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36525.00:00:00", ErrorMessage = "Terse:Links:Retention must be 1.00:00:00 (a day) to 36525.00:00:00 (100 years).")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(1826);

    /// <summary>
    /// How long an ended link is kept, answering 410 and holding its code, before it is swept and its code is free and unknown (404).
    /// 0 to 100 years; 90 days by default.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "36525.00:00:00", ErrorMessage = "Terse:Links:KeepEnded must be 00:00:00 to 36525.00:00:00 (100 years).")]
    public TimeSpan KeepEnded { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How often ended links are swept. 1 second to 1 day; a minute by default.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Terse:Links:SweepInterval must be 00:00:01 to 1.00:00:00.")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many links one sweep step removes; between steps, other writes get their turn. 1 to 10,000.</summary>
    [Range(1, 10_000, ErrorMessage = "Terse:Links:SweepBatch must be 1 to 10000.")]
    public int SweepBatch { get; set; } = 500;

    /// <summary>The schemes that a destination may have, separated by commas.</summary>
    [RegularExpression("^[a-z][a-z0-9+.-]*(\\s*,\\s*[a-z][a-z0-9+.-]*)*$", ErrorMessage = "Terse:Links:AllowedSchemes must be lower-case schemes separated by commas, such as http,https,mailto.")]
    public string AllowedSchemes { get; set; } = "http,https";

    /// <summary>The longest destination in bytes, after escaping. 100 to 65,536; 8 KB by default.</summary>
    [Range(100, 65_536, ErrorMessage = "Terse:Links:MaxDestinationBytes must be 100 to 65536.")]
    public int MaxDestinationBytes { get; set; } = 8192;

    /// <summary>
    /// A file of hosts that no link may lead to, themselves or their subdomains: one a line, <c>#</c> starts a comment, hosts-file lines work too.
    /// Empty: <c>blocklist.txt</c> in the data directory, if there is one. Read again within seconds of a change.
    /// </summary>
    public string BlocklistFile { get; set; } = "";

    /// <summary>Our own host names beside that of the request and of PublicUrl, separated by commas: destinations on them would loop.</summary>
    public string OwnHosts { get; set; } = "";

    /// <summary>The redirect status of links that name none: 301, 302, 307 or 308.</summary>
    [AllowedValues(301, 302, 307, 308, ErrorMessage = "Terse:Links:RedirectType must be 301, 302, 307 or 308.")]
    public int RedirectType { get; set; } = 302;

    /// <summary>Whether a creation without Idempotency-Key returns the link that the same request made before, as <c>?dedupe=true</c> asks for one call.</summary>
    public bool Dedupe { get; set; }

    /// <summary>How long an Idempotency-Key, or a content-derived key, is remembered. 1 minute to 365 days; 24 hours by default.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00", ErrorMessage = "Terse:Links:IdempotencyWindow must be 00:01:00 to 365.00:00:00.")]
    public TimeSpan IdempotencyWindow { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a creation may take before a retry with its key takes it over. 1 second to 5 minutes; 10 seconds by default.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00", ErrorMessage = "Terse:Links:IdempotencyLease must be 00:00:01 to 00:05:00.")]
    public TimeSpan IdempotencyLease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The cost of a link's password: rounds of PBKDF2-HMAC-SHA256 for those set from now on; hashes made before keep their own. 100,000 to 10,000,000;
    /// 600,000 by default, as OWASP asks.
    /// </summary>
    [Range(LinkPasswords.LeastIterations, LinkPasswords.MostIterations, ErrorMessage = "Terse:Links:PasswordIterations must be 100000 to 10000000.")]
    public int PasswordIterations { get; set; } = 600_000;
}

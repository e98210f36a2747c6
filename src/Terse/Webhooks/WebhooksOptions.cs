using System.ComponentModel.DataAnnotations;

namespace Terse.Webhooks;

/// <summary>How others are told of events.</summary>
internal sealed class WebhooksOptions
{
    public const string Section = "Terse:Webhooks";

    /// <summary>
    /// Whether webhooks may lead to private, loopback, link-local and other addresses that are not of the public internet. Off, or whoever may make
    /// webhooks could send requests into your network (SSRF); on for an intranet.
    /// </summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>How long one attempt may take, from resolving the name to the answer's headers. 1 second to 1 minute; 10 seconds by default.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ErrorMessage = "Terse:Webhooks:Timeout must be 00:00:01 to 00:01:00.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often a delivery is tried before it is a dead letter: at once, after 5 seconds, and then after four times as long each time, 12 hours at most.
    /// 1 to 30; 10 by default, which is about two days.
    /// </summary>
    [Range(1, 30, ErrorMessage = "Terse:Webhooks:Attempts must be 1 to 30.")]
    public int Attempts { get; set; } = 10;

    /// <summary>After how many failed attempts in a row, over all its deliveries, a webhook is disabled. 1 to 10,000; 20 by default.</summary>
    [Range(1, 10_000, ErrorMessage = "Terse:Webhooks:DisableAfter must be 1 to 10000.")]
    public int DisableAfter { get; set; } = 20;

    /// <summary>How many deliveries may wait for one webhook; what comes beyond is shed, and logged. 100 to 10,000,000; 100,000 by default.</summary>
    [Range(100, 10_000_000, ErrorMessage = "Terse:Webhooks:MaxPending must be 100 to 10000000.")]
    public long MaxPending { get; set; } = 100_000;
}

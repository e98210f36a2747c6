using System.ComponentModel.DataAnnotations;

namespace Terse.Clicks.Statistics;

/// <summary>How long clicks are kept, and how finely. Days are folded whole, in UTC. Counts of hours and days stay the same when they are folded.</summary>
internal sealed class ClicksOptions
{
    public const string Section = "Terse:Clicks";

    /// <summary>How long clicks are kept by the minute; older ones are folded to hours. 1 hour to 100 years; 7 days by default.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "36525.00:00:00", ErrorMessage = "Terse:Clicks:KeepMinutes must be 01:00:00 to 36525.00:00:00 (100 years).")]
    public TimeSpan KeepMinutes { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long clicks are kept by the hour; older ones are folded to days. 1 hour to 100 years; 90 days by default.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "36525.00:00:00", ErrorMessage = "Terse:Clicks:KeepHours must be 01:00:00 to 36525.00:00:00 (100 years).")]
    public TimeSpan KeepHours { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long clicks are kept at all. 1 hour to 100 years; 5 years by default.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "36525.00:00:00", ErrorMessage = "Terse:Clicks:KeepDays must be 01:00:00 to 36525.00:00:00 (100 years).")]
    public TimeSpan KeepDays { get; set; } = TimeSpan.FromDays(1826);

    /// <summary>How often old clicks are folded and forgotten, and the clicks of deleted links erased once more. 1 minute to 1 day; 1 hour by default.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00", ErrorMessage = "Terse:Clicks:RollUpInterval must be 00:01:00 to 1.00:00:00.")]
    public TimeSpan RollUpInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Live streams that may be open at once on a node, 0 to 10,000; more are refused with 429.</summary>
    [Range(0, 10_000, ErrorMessage = "Terse:Clicks:LiveStreams must be 0 to 10000.")]
    public int LiveStreams { get; set; } = 100;

    /// <summary>Clicks that wait for the reader of a live stream, 1 to 100,000; more are left out of the stream and counted in its heartbeat.</summary>
    [Range(1, 100_000, ErrorMessage = "Terse:Clicks:LiveBuffer must be 1 to 100000.")]
    public int LiveBuffer { get; set; } = 1_000;
}

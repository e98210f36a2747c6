using System.ComponentModel.DataAnnotations;

namespace Terse.Clicks;

/// <summary>How visits are recorded and worked through. A redirect only ever waits for a copy into memory; everything here happens behind it.</summary>
internal sealed class RecordingOptions
{
    public const string Section = "Terse:Clicks";

    /// <summary>Whether visits are recorded. When off, nothing is written and statistics stay as they are.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Where the click log of this node is; made if it is not there. The program sets it from <c>Terse:Data</c>.</summary>
    [Required(ErrorMessage = "Terse:Clicks:Directory must name a directory.")]
    public string Directory { get; set; } = "./data/clicks";

    /// <summary>
    /// The most that the click log takes on disk, in MiB, 1 to 1,048,576; a click takes some 200 bytes. When it fills because nobody works it off, visits to
    /// unknown codes are no longer recorded from about 80 %, those to ended links from about 90 %, and clicks when it is full. Redirects go on; what was left
    /// out is counted in <c>terse.clicks.shed</c>.
    /// </summary>
    [Range(1, 1_048_576, ErrorMessage = "Terse:Clicks:LogMebibytes must be 1 to 1048576.")]
    public int LogMebibytes { get; set; } = 1024;

    /// <summary>
    /// How often the click log is synced to the disk: what a power loss can cost. A crash or a kill of the process costs nothing. 10 ms to 1 minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00", ErrorMessage = "Terse:Clicks:SyncInterval must be 00:00:00.010 to 00:01:00.")]
    public TimeSpan SyncInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The most clicks that are written in one transaction, 1 to 100,000.</summary>
    [Range(1, 100_000, ErrorMessage = "Terse:Clicks:BatchSize must be 1 to 100000.")]
    public int BatchSize { get; set; } = 5_000;

    /// <summary>
    /// How long clicks may gather after a batch behind which nothing waits, so that few visits do not each cost a transaction. The first click after a pause is
    /// worked off at once. 0 to 1 minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", ErrorMessage = "Terse:Clicks:Linger must be 00:00:00 to 00:01:00.")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a click that cannot be worked off is tried before it is set aside as a dead letter, 1 to 20. Between tries 0.1 s pass, then four times as long each.</summary>
    [Range(1, 20, ErrorMessage = "Terse:Clicks:MaxAttempts must be 1 to 20.")]
    public int MaxAttempts { get; set; } = 4;
}

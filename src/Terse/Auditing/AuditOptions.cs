using System.ComponentModel.DataAnnotations;

namespace Terse.Auditing;

/// <summary>The log of who changed what.</summary>
internal sealed class AuditOptions
{
    public const string Section = "Terse:Audit";

    /// <summary>How long entries are kept. 1 day to 100 years; 400 days by default.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36525.00:00:00", ErrorMessage = "Terse:Audit:Retention must be 1.00:00:00 (a day) to 36525.00:00:00 (100 years).")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(400);

    /// <summary>
    /// Whether the creation of a link makes an entry: one more durable write each. Who creates thousands a second may do without, since the link itself
    /// tells who made it, and when. Changes and deletions are always recorded.
    /// </summary>
    public bool Creations { get; set; } = true;
}

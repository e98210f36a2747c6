using System.ComponentModel.DataAnnotations;

namespace Terse.Codes;

/// <summary>How codes are made.</summary>
internal sealed class CodesOptions
{
    public const string Section = "Terse:Codes";

    /// <summary>
    /// <c>Ranges</c>: 7 characters, from blocks of ids that each node leases from the store. <c>Snowflake</c>: 11 characters, from the clock
    /// and a machine id, without asking the store per block.
    /// </summary>
    [AllowedValues(Ranges, Snowflake, ErrorMessage = "Terse:Codes:Mode must be Ranges or Snowflake.")]
    public string Mode { get; set; } = Ranges;

    /// <summary>Ids per leased block. A larger block asks the store less often; a crash wastes what was left of it. 1 to 1,000,000.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Terse:Codes:RangeSize must be 1 to 1000000.")]
    public int RangeSize { get; set; } = 4096;

    /// <summary>How long a machine id is leased for; renewed every third of it. 3 seconds to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "01:00:00", ErrorMessage = "Terse:Codes:MachineLease must be 00:00:03 to 01:00:00.")]
    public TimeSpan MachineLease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How far the clock may stand behind the last id before Snowflake mode refuses instead of waiting. 0 to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", ErrorMessage = "Terse:Codes:MaxClockWait must be 00:00:00 to 00:01:00.")]
    public TimeSpan MaxClockWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many codes a second that seem never issued are looked up all the same. It finds an alias that looks like a code and that another node has
    /// just made; a flood of guesses soon goes beyond it and is refused by arithmetic. 0 (trust arithmetic alone) to 100,000; 100 by default.
    /// </summary>
    [Range(0, 100_000, ErrorMessage = "Terse:Codes:UnissuedLookups must be 0 to 100000.")]
    public int UnissuedLookups { get; set; } = 100;

    public const string Ranges = nameof(Ranges);
    public const string Snowflake = nameof(Snowflake);

    /// <summary>The length of the codes that this mode makes.</summary>
    public int CodeLength => Mode == Snowflake ? CodePermutation.SnowflakeLength : CodePermutation.RangeLength;
}

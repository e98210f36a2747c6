namespace Terse.Clicks.Statistics;

/// <summary>What the points of a series lie apart, where days, weeks and months are those of a time zone.</summary>
internal enum StatisticsUnit
{
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

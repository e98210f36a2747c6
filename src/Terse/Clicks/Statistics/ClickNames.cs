namespace Terse.Clicks.Statistics;

/// <summary>What the API calls dimensions, kinds and units.</summary>
internal static class ClickNames
{
    public static readonly string[] Dimensions = [.. Enum.GetNames<ClickDimension>().Select(Lower)];
    public static readonly string[] Kinds = ["clicks", "ended", "notFound"];
    public static readonly string[] Units = [.. Enum.GetNames<StatisticsUnit>().Select(Lower)];
    public static readonly string LegalDimensions = $"There are {string.Join(", ", Dimensions)}.";

    public static string Of(ClickDimension dimension) => Lower(dimension.ToString());

    public static string Of(StatisticsUnit unit) => Lower(unit.ToString());

    public static string Of(ClickKind kind) => kind switch
    {
        ClickKind.Redirected => "clicks",
        ClickKind.NotFound => "notFound",
        _ => "ended",
    };

    public static bool TryDimension(string text, out ClickDimension dimension)
    {
        var at = Array.IndexOf(Dimensions, text);
        dimension = at < 0 ? default : Enum.GetValues<ClickDimension>()[at];
        return at >= 0;
    }

    public static bool TryUnit(string text, out StatisticsUnit unit)
    {
        var at = Array.IndexOf(Units, text);
        unit = at < 0 ? default : Enum.GetValues<StatisticsUnit>()[at];
        return at >= 0;
    }

    public static bool TryKind(string text, out ClickKind kind)
    {
        kind = text switch
        {
            "ended" => ClickKind.Ended,
            "notFound" => ClickKind.NotFound,
            _ => ClickKind.Redirected,
        };
        return Kinds.Contains(text, StringComparer.Ordinal);
    }

    private static string Lower(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}

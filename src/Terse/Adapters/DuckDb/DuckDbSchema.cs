using Terse.Clicks;

namespace Terse.Adapters.DuckDb;

/// <summary>
/// The tables. Texts are numbers in them (see <see cref="ClickWords"/>), instants are minutes since 1970, and every table of visits has the same counts,
/// so that all of them are summed alike:
/// <list type="bullet">
/// <item><c>minutes</c>, <c>hours</c>, <c>days</c>: visits with all their dimensions, as they came, and folded. A folded day is in order of link, so a query
/// for one link reads few blocks of it.</item>
/// <item><c>totals_fresh</c>, <c>totals</c>: hours over all links, per value of a single dimension. They answer what a dashboard asks without reading visits.</item>
/// <item><c>daily</c>: all that <c>totals</c> has, by the day: several times fewer rows.</item>
/// <item><c>pairs</c>: all that <c>hours</c> and <c>days</c> have, by the day and per values of two dimensions, links left out.</item>
/// </list>
/// </summary>
internal static class DuckDbSchema
{
    public static readonly ClickDimension[] Dimensions =
    [
        ClickDimension.Referrer, ClickDimension.Country, ClickDimension.City, ClickDimension.Browser, ClickDimension.System,
        ClickDimension.Device, ClickDimension.Language, ClickDimension.Source, ClickDimension.Medium, ClickDimension.Campaign,
    ];

    /// <summary>The columns of the dimensions, in their order: their names are ours, so they may stand in SQL.</summary>
    public static readonly string DimensionColumns = string.Join(", ", Dimensions.Select(Column));

    /// <summary>Every two dimensions once, the lower first.</summary>
    public static readonly (ClickDimension Lower, ClickDimension Higher)[] Pairs =
        [.. Dimensions.SelectMany(lower => Dimensions.Where(higher => higher > lower).Select(higher => (lower, higher)))];

    public static readonly string Create = $"""
        CREATE TABLE IF NOT EXISTS sources (source VARCHAR PRIMARY KEY, watermark BIGINT NOT NULL);
        CREATE TABLE IF NOT EXISTS salts (day INTEGER PRIMARY KEY, salt BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS words (dimension UTINYINT NOT NULL, id UINTEGER NOT NULL, text VARCHAR NOT NULL);
        CREATE TABLE IF NOT EXISTS links (id UINTEGER NOT NULL, code VARCHAR NOT NULL);
        ALTER TABLE links ADD COLUMN IF NOT EXISTS hash UBIGINT;
        CREATE TABLE IF NOT EXISTS seen (day INTEGER NOT NULL, key UBIGINT NOT NULL);
        {Visits("minutes")}
        {Visits("hours")}
        {Visits("days")}
        {Totals("totals_fresh", "INTEGER")}
        {Totals("totals", "BIGINT")}
        {Totals("daily", "BIGINT")}
        CREATE TABLE IF NOT EXISTS pairs (
            minute UINTEGER NOT NULL, kind UTINYINT NOT NULL, dimension UTINYINT NOT NULL, value UINTEGER NOT NULL,
            other_dimension UTINYINT NOT NULL, other_value UINTEGER NOT NULL, clicks BIGINT NOT NULL, humans BIGINT NOT NULL, visitors BIGINT NOT NULL);
        """;

    private static readonly string[] CountColumns = ["clicks", "humans", "visitors"];

    /// <summary>Tables of an earlier build of which some count has 32 bits: the process may have died between two of them.</summary>
    public static readonly string Narrow = $"""
        SELECT DISTINCT table_name FROM duckdb_columns()
        WHERE table_name IN ('totals', 'daily', 'pairs') AND column_name IN ({string.Join(", ", CountColumns.Select(static column => $"'{column}'"))}) AND data_type = 'INTEGER'
        """;

    public static string Widen(string table) => string.Join(' ', CountColumns.Select(column => $"ALTER TABLE {table} ALTER {column} TYPE BIGINT;"));

    public static string Column(ClickDimension dimension) => dimension switch
    {
        ClickDimension.Link => "link",
        ClickDimension.Referrer => "referrer",
        ClickDimension.Country => "country",
        ClickDimension.City => "city",
        ClickDimension.Browser => "browser",
        ClickDimension.System => "system",
        ClickDimension.Device => "device",
        ClickDimension.Language => "language",
        ClickDimension.Source => "source",
        ClickDimension.Medium => "medium",
        ClickDimension.Campaign => "campaign",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };

    private static string Visits(string table) => $"""
        CREATE TABLE IF NOT EXISTS {table} (
            minute UINTEGER NOT NULL, link UINTEGER NOT NULL, kind UTINYINT NOT NULL,
            {string.Join(", ", Dimensions.Select(dimension => $"{Column(dimension)} UINTEGER NOT NULL"))},
            clicks INTEGER NOT NULL, humans INTEGER NOT NULL, link_visitors INTEGER NOT NULL, site_visitors INTEGER NOT NULL);
        """;

    // What a batch adds fits into 32 bits; a day over all links may not.
    private static string Totals(string table, string count) => $"""
        CREATE TABLE IF NOT EXISTS {table} (
            minute UINTEGER NOT NULL, kind UTINYINT NOT NULL, dimension UTINYINT NOT NULL, value UINTEGER NOT NULL,
            clicks {count} NOT NULL, humans {count} NOT NULL, visitors {count} NOT NULL);
        """;
}

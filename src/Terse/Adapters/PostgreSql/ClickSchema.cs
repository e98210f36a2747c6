using Terse.Clicks;

namespace Terse.Adapters.PostgreSql;

/// <summary>
/// The tables of clicks. Instants are minutes since 1970, and every table of visits has the same counts, so that all of them are summed alike:
/// <list type="bullet">
/// <item><c>click_minutes</c>, <c>click_hours</c> (a partition a day), <c>click_days</c> (a partition a month): visits with all their dimensions, as they
/// came, and folded. Texts stand in the rows: with a header of 24 bytes for each row, numbers for short words would save nothing.</item>
/// <item><c>click_totals_fresh</c>, <c>click_totals</c> (a partition a dimension): hours over all links, per value of a single dimension. They answer what
/// a dashboard asks without reading visits. What workers append is added up later, so that they do not wait for each other's rows.</item>
/// </list>
/// </summary>
internal static class ClickSchema
{
    public static readonly ClickDimension[] Dimensions =
    [
        ClickDimension.Referrer, ClickDimension.Country, ClickDimension.City, ClickDimension.Browser, ClickDimension.System,
        ClickDimension.Device, ClickDimension.Language, ClickDimension.Source, ClickDimension.Medium, ClickDimension.Campaign,
    ];

    /// <summary>The columns of the dimensions, in their order: their names are ours, so they may stand in SQL.</summary>
    public const string DimensionColumns = "referrer, country, city, browser, system, device, language, source, medium, campaign";

    public const string VisitColumns = $"minute, link, kind, {DimensionColumns}, clicks, humans, link_visitors, site_visitors";

    public const string TotalColumns = "minute, kind, dimension, value, clicks, humans, visitors";

    private const string Visits = """
        minute        integer  NOT NULL,
        link          text COLLATE "C" NOT NULL,
        kind          smallint NOT NULL,
        referrer      text NOT NULL, country text NOT NULL, city text NOT NULL, browser text NOT NULL, system text NOT NULL,
        device        text NOT NULL, language text NOT NULL, source text NOT NULL, medium text NOT NULL, campaign text NOT NULL,
        clicks        integer NOT NULL,
        humans        integer NOT NULL,
        link_visitors integer NOT NULL,
        site_visitors integer NOT NULL
        """;

    private const string Totals = """
        minute    integer  NOT NULL,
        kind      smallint NOT NULL,
        dimension smallint NOT NULL,
        value     text COLLATE "C" NOT NULL,
        clicks    integer  NOT NULL,
        humans    integer  NOT NULL,
        visitors  integer  NOT NULL
        """;

    public static readonly PostgreSqlMigration Tables = new("clicks-1", $"""
        CREATE TABLE click_sources (source text COLLATE "C" PRIMARY KEY, watermark bigint NOT NULL);
        CREATE TABLE click_salts (day integer PRIMARY KEY, salt bytea NOT NULL);

        -- Visitors of a day: on a link, and on any link where the link is ''.
        CREATE TABLE click_seen (day integer, link text COLLATE "C", visitor bigint, PRIMARY KEY (day, link, visitor));

        CREATE TABLE click_minutes ({Visits}) PARTITION BY RANGE (minute);
        CREATE INDEX click_minutes_link ON click_minutes (link, minute);
        CREATE TABLE click_hours ({Visits}) PARTITION BY RANGE (minute);
        CREATE INDEX click_hours_link ON click_hours (link, minute);
        CREATE TABLE click_days ({Visits}) PARTITION BY RANGE (minute);
        CREATE INDEX click_days_link ON click_days (link, minute);

        CREATE TABLE click_totals_fresh ({Totals});
        CREATE INDEX click_totals_fresh_value ON click_totals_fresh (dimension, value, minute);
        CREATE TABLE click_totals ({Totals}) PARTITION BY LIST (dimension);
        CREATE INDEX click_totals_value ON click_totals (value, minute);
        CREATE INDEX click_totals_minute ON click_totals USING brin (minute);
        {string.Join('\n', Enumerable.Range(0, (int)ClickDimension.Campaign + 1).Select(static dimension =>
            $"CREATE TABLE click_totals_{dimension} PARTITION OF click_totals FOR VALUES IN ({dimension});"))}
        """);

    /// <summary>A day over all links may have more clicks than 32 bits hold. The table is written anew: statistics and workers wait as long.</summary>
    public static readonly PostgreSqlMigration LargeDays = new("clicks-2-large-days", """
        ALTER TABLE click_totals ALTER COLUMN clicks TYPE bigint, ALTER COLUMN humans TYPE bigint, ALTER COLUMN visitors TYPE bigint
        """);

    public static string Column(ClickDimension dimension) =>
        dimension == ClickDimension.Link ? "link" : DimensionColumns.Split(", ")[Array.IndexOf(Dimensions, dimension)];
}

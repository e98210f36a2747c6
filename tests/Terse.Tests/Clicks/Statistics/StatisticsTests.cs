using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Terse.Clicks;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Clicks.Statistics;

/// <summary>The statistics API over the real click store. It is noon of 31 January 2026.</summary>
public sealed class StatisticsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private TerseInstance _terse = null!;
    private long _position;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _terse = await TerseInstance.StartAsync();
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "one" });
        await _terse.CreateAsync(new { url = "https://example.com/", alias = "two" });
    }

    public ValueTask DisposeAsync() => _terse.DisposeAsync();

    [Fact]
    public async Task Totals_and_a_series_of_thirty_days_are_the_default()
    {
        await WriteAsync(Click("one", Noon.AddDays(-3)), Click("one", Noon) with { IsBot = true, Visitor = null }, Click("two", Noon), Click("one", Noon.AddDays(-40)));

        var statistics = await GetAsync("links/one/stats");

        Assert.Equal("one", statistics.Text("code"));
        Assert.Equal("day", statistics.Text("unit"));
        Assert.Equal((2, 1, 1, 1), Counts(statistics.GetProperty("totals")));
        var series = statistics.GetProperty("series").EnumerateArray().ToArray();
        Assert.Equal(31, series.Length);
        Assert.Equal("2026-01-01T00:00:00+00:00", series[0].Text("at"));
        Assert.Equal((1, 1, 0, 1), Counts(series[27]));
        Assert.Equal((0, 0, 0, 0), Counts(series[28]));
        Assert.Equal((1, 0, 1, 0), Counts(series[30]));
        Assert.Equal((3, 2, 1, 2), Counts((await GetAsync("stats")).GetProperty("totals")));
    }

    [Fact]
    public async Task The_unit_follows_the_span()
    {
        foreach (var (from, unit, points) in new[]
        {
            ("2h", "minute", 120), ("2d", "hour", 48), ("60d", "day", 61), ("2026-01-31T11:59:30Z", "minute", 1), ("2026-01-31", "hour", 12),
            ("2026-01-30T23:00:00-01:00", "hour", 12), ("2026-01-31T11:00:00+01:00", "minute", 120),
        })
        {
            var statistics = await GetAsync($"stats?from={from}");

            Assert.Equal((from, unit, points), (from, statistics.Text("unit"), statistics.GetProperty("series").GetArrayLength()));
        }
    }

    [Fact]
    public async Task A_date_at_the_end_counts_whole()
    {
        await WriteAsync(Click("one", new(2026, 1, 10, 23, 59, 0, TimeSpan.Zero)), Click("one", new(2026, 1, 11, 0, 0, 0, TimeSpan.Zero)));

        var statistics = await GetAsync("stats?from=2026-01-10&to=2026-01-10");

        Assert.Equal((1, 1, 0, 1), Counts(statistics.GetProperty("totals")));
        Assert.Equal("2026-01-11T00:00:00+00:00", statistics.Text("to"));
    }

    [Fact]
    public async Task Days_are_those_of_the_time_zone_summer_time_included()
    {
        await WriteAsync(
            Click("one", new(2025, 10, 25, 21, 59, 0, TimeSpan.Zero)), Click("one", new(2025, 10, 25, 22, 0, 0, TimeSpan.Zero)),
            Click("one", new(2025, 10, 26, 22, 59, 0, TimeSpan.Zero)), Click("one", new(2025, 10, 26, 23, 0, 0, TimeSpan.Zero)));

        var statistics = await GetAsync("stats?from=2025-10-25&to=2025-10-27&unit=day&timeZone=Europe/Zurich");

        var series = statistics.GetProperty("series").EnumerateArray().ToArray();
        Assert.Equal(["2025-10-25T00:00:00+02:00", "2025-10-26T00:00:00+02:00", "2025-10-27T00:00:00+01:00"], series.Select(point => point.Text("at")));
        Assert.Equal([1, 2, 1], series.Select(point => point.GetProperty("clicks").GetInt32()));
        var india = await GetAsync("stats?from=2025-10-25&to=2025-10-27&unit=day&timeZone=Asia/Kolkata");
        Assert.Equal([0, 2, 2], india.GetProperty("series").EnumerateArray().Select(point => point.GetProperty("clicks").GetInt32()));
    }

    [Fact]
    public async Task Weeks_start_on_Monday_and_months_on_their_first()
    {
        await WriteAsync(Click("one", Noon), Click("one", Noon.AddDays(-31)));

        var weeks = await GetAsync("stats?from=2026-01-19&unit=week");
        var months = await GetAsync("stats?from=2025-12-15&unit=month");

        Assert.Equal(["2026-01-19T00:00:00+00:00", "2026-01-26T00:00:00+00:00"], weeks.GetProperty("series").EnumerateArray().Select(point => point.Text("at")));
        Assert.Equal([1, 1], months.GetProperty("series").EnumerateArray().Select(point => point.GetProperty("clicks").GetInt32()));
        Assert.Equal("2025-12-01T00:00:00+00:00", months.Text("from"));
    }

    [Fact]
    public async Task Top_values_of_any_dimension_are_filtered_by_any_other()
    {
        await WriteAsync(
            Click("one", Noon) with { Country = "DE", Browser = "Firefox", Campaign = "spring" }, Click("one", Noon) with { Country = "DE", Browser = "Chrome" },
            Click("two", Noon) with { Country = "CH", Browser = "Firefox" });

        var statistics = await GetAsync("stats?groupBy=browser,link&groupBy=campaign&filter=country:de");

        Assert.Equal(["country:DE"], statistics.GetProperty("filters").EnumerateArray().Select(filter => filter.GetString()));
        Assert.Equal(["Chrome 1", "Firefox 1"], Groups(statistics, "browser"));
        Assert.Equal(["one 2"], Groups(statistics, "link"));
        Assert.Equal([" 1", "spring 1"], Groups(statistics, "campaign"));
        Assert.Equal((2, 2, 0, 2), Counts(statistics.GetProperty("totals")));
        Assert.Equal(["Firefox 2"], Groups(await GetAsync("stats?groupBy=browser&limit=1"), "browser"));
        Assert.Equal(["DE 1"], Groups(await GetAsync("links/one/stats?groupBy=country&filter=campaign:&filter=browser:Chrome"), "country"));
    }

    [Fact]
    public async Task Visits_that_led_nowhere_are_series_of_their_own()
    {
        await WriteAsync(
            Click("one", Noon), Click("one", Noon) with { Kind = ClickKind.Ended }, Click("one", Noon) with { Kind = ClickKind.NotFound, Code = null, Visitor = null });

        Assert.Equal(1, (await GetAsync("stats")).GetProperty("totals").GetProperty("clicks").GetInt32());
        Assert.Equal(1, (await GetAsync("stats?kind=notFound")).GetProperty("totals").GetProperty("clicks").GetInt32());
        Assert.Equal(1, (await GetAsync("links/one/stats?kind=ended")).GetProperty("totals").GetProperty("clicks").GetInt32());
        Assert.Equal(0, (await GetAsync("links/two/stats?kind=ended")).GetProperty("totals").GetProperty("clicks").GetInt32());
    }

    [Fact]
    public async Task Links_show_their_clicks_when_asked()
    {
        await WriteAsync(Click("one", Noon.AddDays(-300)), Click("one", Noon) with { IsBot = true, Visitor = null });

        Assert.Equal(2, (await GetAsync("links/one?include=clicks")).GetProperty("clicks").GetInt64());
        Assert.False((await GetAsync("links/one")).TryGetProperty("clicks", out _));
        Assert.Equal(
            [("two", 0), ("one", 2)],
            (await GetAsync("links?include=clicks")).GetProperty("links").EnumerateArray().Select(link => (link.Text("code"), link.GetProperty("clicks").GetInt32())));
        using var wrong = await _terse.Admin.GetAsync("/api/v1/links?include=everything&limit=0", Cancellation);
        Assert.Equal(["include", "limit"], (await wrong.ProblemAsync(400, "validation-failed")).ErrorFields());
    }

    [Fact]
    public async Task Every_wrong_parameter_is_told_at_once()
    {
        using var response = await _terse.Admin.GetAsync(
            "/api/v1/links/one/stats?from=yesterday&to=2026-02-30&unit=fortnight&timeZone=Mars/Olympus&kind=notFound&groupBy=colour&filter=country&filter=shoe:42&limit=0&format=xml", Cancellation);

        var problem = await response.ProblemAsync(400, "validation-failed");
        Assert.Equal(["filter", "format", "from", "groupBy", "kind", "limit", "timeZone", "to", "unit"], problem.ErrorFields());
        Assert.Equal(2, problem.GetProperty("errors").GetProperty("filter").GetArrayLength());
    }

    [Fact]
    public async Task Bounds_are_kept()
    {
        foreach (var (query, field) in new[]
        {
            ("from=2026-01-31T12:00:00Z", "from"), ("from=2026-01-01&to=2025-01-01", "from"), ("from=0001-01-01", "from"), ("to=9999-12-31", "to"),
            ("from=20d&unit=minute", "unit"), ("from=30", "from"), ("limit=1001", "limit"), ("filter=country:DE&filter=country:CH", "filter"), ("filter=:DE", "filter"), ("filter=country:D%00E", "filter"), ("filter=campaign:a%0Ab", "filter"),
        })
        {
            using var response = await _terse.Admin.GetAsync($"/api/v1/stats?{query}", Cancellation);

            Assert.Equal([field], (await response.ProblemAsync(400, "validation-failed")).ErrorFields());
        }
    }

    [Fact]
    public async Task Statistics_are_of_links_that_exist_and_for_keys_that_may_read()
    {
        using var missing = await _terse.Admin.GetAsync("/api/v1/links/three/stats", Cancellation);
        using var anonymous = await _terse.Anonymous.GetAsync("/api/v1/stats", Cancellation);

        await missing.ProblemAsync(404, "link-not-found");
        await anonymous.ProblemAsync(401, "unauthorized");
    }

    [Fact]
    public async Task Series_and_groups_are_had_as_csv()
    {
        await WriteAsync(Click("one", Noon) with { Campaign = "=cmd|'/c calc'!A1", Country = "CH" }, Click("one", Noon) with { Country = "CH", Campaign = "a, \"b\"" });

        using var series = await _terse.Admin.GetAsync("/api/v1/links/one/stats?format=csv&from=2026-01-31T11:00:00Z&unit=hour&to=2026-01-31T13:00:00Z", Cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/stats?groupBy=campaign&groupBy=country");
        request.Headers.Accept.ParseAdd("text/csv");
        using var client = new HttpClient { BaseAddress = _terse.Url };
        request.Headers.Add("X-Api-Key", TerseInstance.AdminKey);
        using var groups = await client.SendAsync(request, Cancellation);

        Assert.Equal("text/csv", series.Content.Headers.ContentType?.MediaType);
        Assert.Equal("terse-one-clicks.csv", series.Content.Headers.ContentDisposition?.FileName);
        Assert.Equal("at,clicks,humans,bots,visitors\r\n2026-01-31T11:00:00+00:00,0,0,0,0\r\n2026-01-31T12:00:00+00:00,2,2,0,2\r\n", await series.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.OK, groups.StatusCode);
        Assert.Equal(
            "dimension,value,clicks,humans,bots,visitors\r\ncampaign,\"'=cmd|'/c calc'!A1\",1,1,0,1\r\ncampaign,\"a, \"\"b\"\"\",1,1,0,1\r\ncountry,CH,2,2,0,2\r\n",
            await groups.Content.ReadAsStringAsync(Cancellation));
    }

    private EnrichedClick Click(string code, DateTimeOffset at) => AClick.Of(code, ++_position, at);

    private async Task WriteAsync(params EnrichedClick[] clicks) =>
        await _terse.App.Services.GetRequiredService<IClickStore>().WriteAsync("test", clicks, Cancellation);

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _terse.Admin.GetAsync($"/api/v1/{path}", Cancellation);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        return await response.JsonAsync();
    }

    private static (int Clicks, int Humans, int Bots, int Visitors) Counts(JsonElement counts) => (
        counts.GetProperty("clicks").GetInt32(), counts.GetProperty("humans").GetInt32(), counts.GetProperty("bots").GetInt32(), counts.GetProperty("visitors").GetInt32());

    private static string[] Groups(JsonElement statistics, string dimension) =>
        [.. statistics.GetProperty("groups").GetProperty(dimension).EnumerateArray().Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Text("value")} {group.GetProperty("clicks").GetInt32()}"))];
}

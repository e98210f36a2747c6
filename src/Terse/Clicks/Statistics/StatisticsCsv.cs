using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Terse.Clicks.Statistics;

/// <summary>Statistics as CSV: the groups where some were asked for, otherwise the series. Texts come from visitors, so what a spreadsheet would run is escaped.</summary>
internal static class StatisticsCsv
{
    public const string MediaType = "text/csv";

    private static readonly CsvConfiguration Format = new(CultureInfo.InvariantCulture) { NewLine = "\r\n", InjectionOptions = InjectionOptions.Escape };

    /// <summary>Whether the caller prefers CSV.</summary>
    public static bool IsAsked(string? format, HttpRequest request)
    {
        if (format is not null) return format == "csv";
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)) return false;
        var first = accepted.OrderByDescending(static type => type.Quality ?? 1)
            .FirstOrDefault(static type => type.MediaType.Value is MediaType or "application/json" or "application/*" or "*/*");
        return first?.MediaType.Value == MediaType;
    }

    public static FileContentHttpResult Of(StatisticsResponse statistics)
    {
        using var text = new MemoryStream();
        using (var csv = new CsvWriter(new StreamWriter(text), Format))
        {
            if (statistics.Groups.Count > 0) WriteGroups(csv, statistics);
            else WriteSeries(csv, statistics);
        }
        return TypedResults.File(text.ToArray(), $"{MediaType}; charset=utf-8", $"terse-{statistics.Code ?? "all"}-{statistics.Kind}.csv");
    }

    private static void WriteSeries(CsvWriter csv, StatisticsResponse statistics)
    {
        WriteRow(csv, "at", "clicks", "humans", "bots", "visitors");
        foreach (var point in statistics.Series)
            WriteRow(csv, point.At.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture), point.Clicks, point.Humans, point.Bots, point.Visitors);
    }

    private static void WriteGroups(CsvWriter csv, StatisticsResponse statistics)
    {
        WriteRow(csv, "dimension", "value", "clicks", "humans", "bots", "visitors");
        foreach (var (dimension, groups) in statistics.Groups)
            foreach (var group in groups) WriteRow(csv, dimension, group.Value, group.Clicks, group.Humans, group.Bots, group.Visitors);
    }

    private static void WriteRow(CsvWriter csv, params ReadOnlySpan<object> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.NextRecord();
    }
}

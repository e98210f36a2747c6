using System.ComponentModel;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using Terse.ApiKeys;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Clicks.Statistics;

/// <summary>Statistics of one link and of all, at once and live.</summary>
internal static class StatisticsEndpoints
{
    public static void MapStatistics(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Statistics").RequireAuthorization(ApiPolicies.Read);
        api.MapGet("/stats", AllAsync).WithName("getStats").AddOpenApiOperationTransformer(DescribeAsync);
        api.MapGet("/links/{code}/stats", LinkAsync).KeepsToOwnLinks().WithName("getLinkStats").AddOpenApiOperationTransformer(DescribeAsync);
    }

    /// <summary>Counts the clicks on all links: totals, a series over time, and the top values of any dimension, filtered by any other.</summary>
    [ProducesResponseType<StatisticsResponse>(200, "application/json", StatisticsCsv.MediaType)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    internal static Task<IResult> AllAsync(
        [AsParameters] StatisticsParameters parameters, HttpContext context, ClickStatistics statistics, TimeProvider time, CancellationToken cancellationToken) =>
        AnswerAsync(parameters, null, context, statistics, time, cancellationToken);

    /// <summary>Counts the clicks on one link, ended or not: totals, a series over time, and the top values of any dimension, filtered by any other.</summary>
    [ProducesResponseType<StatisticsResponse>(200, "application/json", StatisticsCsv.MediaType)]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    internal static async Task<IResult> LinkAsync(
        [Description("The link's code.")] string code, [AsParameters] StatisticsParameters parameters, HttpContext context, ILinkStore links, ClickStatistics statistics, TimeProvider time,
        CancellationToken cancellationToken) =>
        await links.FindAsync(code, context.User.AsLinkCaller(), cancellationToken) is { } link
            ? await AnswerAsync(parameters, link.Code, context, statistics, time, cancellationToken)
            : Problems.LinkNotFound(code);

    private static async Task<IResult> AnswerAsync(
        StatisticsParameters parameters, ShortCode? code, HttpContext context, ClickStatistics statistics, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (StatisticsParser.Parse(parameters, code, time.GetUtcNow(), errors) is not { } query) return Problems.ValidationFailed(errors.ToDictionary());
        context.Response.Headers.Vary = "Accept";
        var answer = await statistics.ReadAsync(query, cancellationToken);
        return StatisticsCsv.IsAsked(parameters.Format, context.Request) ? StatisticsCsv.Of(answer) : TypedResults.Ok(answer);
    }

    /// <summary>Says of parameters that are read as texts what they are.</summary>
    private static Task DescribeAsync(OpenApiOperation operation, object context, CancellationToken cancellationToken)
    {
        foreach (var parameter in operation.Parameters ?? [])
        {
            if (parameter.Schema is not OpenApiSchema schema) continue;
            switch (parameter.Name)
            {
                case "unit": schema.Enum = Legal(ClickNames.Units); break;
                case "kind": (schema.Enum, schema.Default) = (Legal(ClickNames.Kinds), ClickNames.Kinds[0]); break;
                case "format": schema.Enum = Legal(["json", "csv"]); break;
                case "limit": (schema.Type, schema.Minimum, schema.Maximum, schema.Default) = (JsonSchemaType.Integer, "1", "1000", 10); break;
                case "groupBy" when schema.Items is OpenApiSchema item: item.Enum = Legal(ClickNames.Dimensions); break;
            }
        }
        return Task.CompletedTask;

        static List<JsonNode> Legal(string[] values) => [.. values.Select(static value => JsonValue.Create(value))];
    }
}

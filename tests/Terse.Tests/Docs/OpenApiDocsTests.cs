using System.Text.Json;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Docs;

/// <summary>The API's description is made from the documentation of its handlers, of which private ones are passed over without a word.</summary>
public sealed class OpenApiDocsTests
{
    [Fact]
    public async Task Every_operation_and_every_parameter_says_what_it_is()
    {
        await using var terse = await TerseInstance.StartAsync();
        var document = JsonSerializer.Deserialize<JsonElement>(await terse.Anonymous.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken));
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Name: $"{operation.Name} {path.Name}", operation.Value))).ToArray();

        var silent = operations.Where(operation => !Says(operation.Value, "summary")).Select(operation => operation.Name).Concat(
            from operation in operations
            where operation.Value.TryGetProperty("parameters", out _)
            from parameter in operation.Value.GetProperty("parameters").EnumerateArray()
            where !Says(parameter, "description")
            select $"{parameter.Text("name")} of {operation.Name}");

        Assert.NotEmpty(operations);
        Assert.Empty(silent);
    }

    private static bool Says(JsonElement element, string property) => element.TryGetProperty(property, out var text) && text.GetString()?.Length > 0;
}

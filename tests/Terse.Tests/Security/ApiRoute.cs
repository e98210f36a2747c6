using System.Text.RegularExpressions;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Security;

/// <summary>A route of the OpenAPI document, with the scope that it says it needs.</summary>
internal sealed partial record ApiRoute(HttpMethod Method, string Template, string Scope)
{
    public bool IsOfOneLink => Template.Contains("{code}", StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Template}";

    /// <summary>The path with every parameter set to <paramref name="value"/>.</summary>
    public string Path(string value) => Parameter().Replace(Template, value);

    public static async Task<List<ApiRoute>> ReadAllAsync(TerseInstance terse)
    {
        using var response = await terse.Anonymous.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        var routes = new List<ApiRoute>();
        foreach (var path in (await response.JsonAsync()).GetProperty("paths").EnumerateObject())
        {
            if (!path.Name.StartsWith("/api/", StringComparison.Ordinal)) continue;
            foreach (var operation in path.Value.EnumerateObject())
            {
                Assert.True(operation.Value.TryGetProperty("security", out var security) && security.GetArrayLength() > 0, $"{operation.Name} {path.Name} states no security.");
                routes.Add(new ApiRoute(new HttpMethod(operation.Name.ToUpperInvariant()), path.Name, NamedScope().Match(operation.Value.Text("description")).Groups[1].Value));
            }
        }

        Assert.True(routes.Count >= 20, $"Only {routes.Count} routes were found.");
        return routes;
    }

    [GeneratedRegex(@"scope \*\*(\w+)\*\*")]
    private static partial Regex NamedScope();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}

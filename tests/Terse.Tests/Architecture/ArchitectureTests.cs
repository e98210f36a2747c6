using System.Reflection;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Terse.Hosting;
using Terse.Links;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Architecture;

/// <summary>The rules of the house that the compiler does not know.</summary>
public sealed class ArchitectureTests
{
    private const string Adapters = "Terse.Adapters.";
    private static readonly Assembly Product = typeof(TerseApp).Assembly;
    private static readonly Dictionary<string, HashSet<string>> Uses = TypeUses.Of(Product.Location);

    /// <summary>A driver's namespace, and the one folder that may use it.</summary>
    private static readonly Dictionary<string, string> Drivers = new()
    {
        ["Microsoft.Data.Sqlite"] = "Sqlite",
        ["SQLitePCL"] = "Sqlite",
        ["DuckDB"] = "DuckDb",
        ["NATS"] = "Nats",
        ["Npgsql"] = "PostgreSql",
        ["StackExchange.Redis"] = "Redis",
        ["Amazon"] = "DynamoDb",
    };

    [Fact]
    public void Drivers_are_used_in_their_own_adapter_only()
    {
        var strays = from type in Uses
                     from driver in Drivers
                     where !IsIn(type.Key, Adapters + driver.Value) && type.Value.Any(used => IsIn(used, driver.Key))
                     select $"{type.Key} uses {driver.Key}";
        Assert.Empty(strays);
        Assert.Contains(Uses, type => IsIn(type.Key, "Terse.Adapters.Sqlite") && type.Value.Any(used => IsIn(used, "Microsoft.Data.Sqlite") || IsIn(used, "SQLitePCL")));
    }

    [Fact]
    public void Only_the_composition_root_knows_adapters()
    {
        var users = Uses.Where(type => !IsIn(type.Key, "Terse.Adapters") && type.Value.Any(used => IsIn(used, "Terse.Adapters"))).Select(type => type.Key).ToArray();
        Assert.All(users, user => Assert.True(IsIn(user, "Terse.Hosting"), $"{user} uses an adapter."));
        Assert.NotEmpty(users);
    }

    [Fact]
    public void An_adapter_uses_no_other_adapter()
    {
        var uses = from type in Uses
                   where IsIn(type.Key, "Terse.Adapters")
                   from used in type.Value
                   where IsIn(used, "Terse.Adapters") && Adapter(used) != Adapter(type.Key)
                   select $"{type.Key} uses {used}";
        Assert.Empty(uses);

        static string Adapter(string type) => type[Adapters.Length..].Split('.')[0];
    }

    /// <summary>The source generators for validation and OpenAPI leave internal types out without a word.</summary>
    [Fact]
    public async Task Every_request_body_is_a_public_type()
    {
        await using var terse = await TerseInstance.StartAsync();
        var bodies = terse.App.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .SelectMany(endpoint => endpoint.Metadata.GetOrderedMetadata<IAcceptsMetadata>())
            .Select(accepts => accepts.RequestType)
            .OfType<Type>()
            .Where(type => type.Assembly == Product)
            .ToHashSet();
        Assert.Contains(typeof(CreateLinkRequest), bodies);
        Assert.All(bodies, body => Assert.True(body.IsVisible, $"{body} is not public."));
    }

    [Fact]
    public void Every_public_type_says_what_it_is()
    {
        var documented = XDocument.Load(Path.ChangeExtension(Product.Location, ".xml")).Descendants("member").Select(member => (string?)member.Attribute("name")).ToHashSet();
        // The markup of a page says what the page is.
        var types = Product.GetExportedTypes().Where(type => type != typeof(Program) && type.Name != "_Imports" && (type.IsAbstract || !typeof(Microsoft.AspNetCore.Components.IComponent).IsAssignableFrom(type))).ToArray();
        Assert.All(types, type => Assert.True(documented.Contains("T:" + type.FullName!.Replace('+', '.')), $"{type} has no summary."));
        Assert.NotEmpty(types);
    }

    [Theory]
    [InlineData("src", 300)]
    [InlineData("bench", 300)]
    [InlineData("tests", 400)]
    public void No_file_is_longer_than(string folder, int lines)
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories);
        Assert.All(files, file => Assert.True(File.ReadLines(file).Count() <= lines, $"{file} is longer than {lines} lines: look for its second idea."));
        Assert.NotEmpty(files);
    }

    private static bool IsIn(string type, string @namespace) => type.StartsWith(@namespace + ".", StringComparison.Ordinal);
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Docs;

/// <summary>NOTICE: what others made and the program is published with.</summary>
public sealed partial class NoticeTests
{
    private static readonly string[] Licenses = ["Apache-2.0", "MIT", "MS-PL OR Apache-2.0", "PostgreSQL"];

    private static readonly Match[] Listed =
        [.. File.ReadLines(Path.Combine(Repository.Root, "NOTICE")).Select(line => Package().Match(line)).Where(match => match.Success)];

    [Fact]
    public async Task It_lists_every_package_that_the_program_is_published_with_and_no_other()
    {
        await using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "terse.deps.json"));
        var dependencies = await JsonSerializer.DeserializeAsync<JsonElement>(file, cancellationToken: TestContext.Current.CancellationToken);
        var packages = dependencies.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.Text("type") == "package")
            .Select(library => library.Name.Split('/')[0]);
        Assert.Equal(packages.Order(StringComparer.OrdinalIgnoreCase), Listed.Select(match => match.Groups["name"].Value).Order(StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void Every_package_has_a_license_that_asks_for_no_more_than_its_notice() =>
        Assert.All(Listed, match => Assert.Contains(match.Groups["license"].Value, Licenses));

    [GeneratedRegex(@"^  (?<name>[\w.]+) \((?<license>[^)]+)\), \S")]
    private static partial Regex Package();
}

using System.Reflection;
using System.Text.RegularExpressions;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Docs;

/// <summary>The decision log: every page has its parts, and what it and the other pages name is there.</summary>
public sealed partial class DecisionLogTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "decisions");
    private static readonly string[] Parts = ["Decision", "Context", "Alternatives considered", "Trade-off accepted", "Revisit if", "Reusable pattern"];

    public static TheoryData<string> Pages => [.. Directory.EnumerateFiles(Folder, "*.md").Select(file => Path.GetFileName(file)).Where(name => char.IsAsciiDigit(name[0])).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_has_exactly_its_parts(string page)
    {
        var lines = Read(page).Split('\n');

        Assert.Equal(Parts, lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..].Trim()));
        Assert.All(Parts, part => Assert.Contains(
            lines.SkipWhile(line => line.Trim() != $"## {part}").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)), line => line.Trim().Length > 0));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_page_is_named_by_its_number_and_title(string page)
    {
        Assert.Matches("^[0-9]{4}-[a-z0-9-]+\\.md$", page);
        Assert.Matches($"^# {page[..4]}:? [A-Z]", Read(page));
    }

    /// <summary>The decisions, and what else is to be read: by its way from the decisions' folder.</summary>
    public static TheoryData<string> Prose =>
    [
        .. Pages.Select(page => page.Data),
        .. Directory.EnumerateFiles(Path.Combine(Folder, ".."), "*.md").Select(file => Path.Combine("..", Path.GetFileName(file))).Order(StringComparer.Ordinal),
        .. Directory.EnumerateFiles(Repository.Root, "*.md").Select(file => Path.Combine("..", "..", Path.GetFileName(file))).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Prose))]
    public void Links_of_a_page_lead_somewhere(string page)
    {
        var broken = Link().Matches(Read(page)).Select(match => match.Groups["to"].Value)
            .Where(to => !to.Contains(':', StringComparison.Ordinal) && !Path.Exists(Path.Combine(Folder, Path.GetDirectoryName(page)!, to)));

        Assert.Empty(broken);
    }

    [Theory]
    [MemberData(nameof(Prose))]
    public void Tests_that_a_page_names_exist(string page)
    {
        var missing = TestName().Matches(Read(page)).Where(match => !Exists(match.Groups["class"].Value, match.Groups["test"].Value)).Select(match => match.Value);

        Assert.Empty(missing);
    }

    [Fact]
    public void A_number_is_used_once() =>
        Assert.Empty(Pages.Select(page => page.Data[..4]).GroupBy(number => number).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public Task The_index_lists_every_page_with_its_title()
    {
        var lines = Read("README.md").Split('\n').ToList();
        var at = lines.FindIndex(IsIndexed);
        lines.RemoveAll(IsIndexed);
        lines.InsertRange(at, Pages.Select(page => $"- [{Read(page.Data).Split('\n')[0][2..].Trim()}]({page.Data})"));
        return Repository.AssertFileAsync("docs/decisions/README.md", string.Join('\n', lines));
    }

    [Fact]
    public void The_template_has_the_parts_too() =>
        Assert.Equal(Parts, Read("template.md").Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..].Trim()));

    private static bool IsIndexed(string line) => line.StartsWith("- [", StringComparison.Ordinal);

    private static string Read(string page) => File.ReadAllText(Path.Combine(Folder, page));

    // A test of this assembly, a base class's included, or a benchmark whose file says its name.
    private static bool Exists(string @class, string test)
    {
        var types = typeof(DecisionLogTests).Assembly.GetTypes().Where(type => type.Name == @class);
        return types.Any(type => type.GetMethod(test, BindingFlags.Public | BindingFlags.Instance | BindingFlags.FlattenHierarchy) is not null)
            || Benchmarks.Value.Any(file => file.Contains(test, StringComparison.Ordinal) && file.Contains($"class {@class}", StringComparison.Ordinal));
    }

    // Programs of their own, which are read rather than loaded.
    private static readonly Lazy<IReadOnlyList<string>> Benchmarks = new(() =>
        [.. new[] { "bench", "tests/Terse.EndToEnd" }.Select(folder => Path.Combine(Repository.Root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)).Select(File.ReadAllText)]);

    [GeneratedRegex(@"\]\((?<to>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();

    // `Folder.ClassTests.Test_name`, the folder being optional; an underscore and a class of tests, figures or benchmarks tell it from other code.
    [GeneratedRegex(@"`(?:\w+\.)*(?<class>\w+(?:Tests|Figures|Faults|Benchmark|Benchmarks|Contract))\.(?<test>\w+)`")]
    private static partial Regex TestName();
}

using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Docs;

/// <summary>docs/configuration.md is made from the options' own documentation, so it cannot be out of date.</summary>
public sealed partial class ConfigurationDocsTests
{
    [Fact]
    public Task The_configuration_page_lists_every_option_with_its_documentation() => Repository.AssertFileAsync("docs/configuration.md", Page());

    [Fact]
    public void Every_rule_of_an_option_says_the_option_as_it_is_set() => Assert.All(
        from section in Sections()
        from type in section
        from property in type.GetProperties()
        from rule in property.GetCustomAttributes<ValidationAttribute>()
        select (Setting: $"{section.Key}:{property.Name}", rule.ErrorMessage),
        rule => Assert.StartsWith($"{rule.Setting} must ", rule.ErrorMessage, StringComparison.Ordinal));

    [Fact]
    public void Every_page_that_an_option_names_is_there()
    {
        var named = PageName().Matches(Page()).Select(match => match.Value).Distinct().ToArray();
        Assert.NotEmpty(named);
        Assert.All(named, page => Assert.True(File.Exists(Path.Combine(Repository.Root, page)), $"There is no {page}."));
    }

    private static string Page()
    {
        var documentation = XDocument.Load(Path.ChangeExtension(typeof(Program).Assembly.Location, ".xml")).Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary"));
        var page = new StringBuilder("""
            # Configuration

            Every option has a default that is right for one process. Set one by, each winning over the one before: `appsettings.json` in the working directory, the
            environment (`Terse__Links__Retention`), the command line (`--set Links:Retention=365.00:00:00`). Durations are `[days.]hours:minutes:seconds`. All are checked at
            the start: a wrong one stops the program with a sentence that lists the legal values. This page is made from the options' own documentation by a test.

            """.ReplaceLineEndings("\n"));
        foreach (var section in Sections())
        {
            // One section may be read by several parts of the program: the reader sees one.
            var meanings = section.Select(type => Text(documentation.GetValueOrDefault($"T:{type.FullName}")));
            page.Append(CultureInfo.InvariantCulture, $"\n## {section.Key}\n\n{string.Join(' ', meanings)}\n\n| option | default | meaning |\n|---|---|---|\n");
            foreach (var type in section) AppendOptions(page, type, documentation);
        }

        return page.ToString();
    }

    private static IEnumerable<IGrouping<string, Type>> Sections() => typeof(Program).Assembly.GetTypes()
        .Select(type => (Type: type, Section: type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string))
        .Where(entry => entry.Section is not null).OrderBy(entry => entry.Type.FullName, StringComparer.Ordinal)
        .GroupBy(entry => entry.Section!, entry => entry.Type).OrderBy(section => section.Key, StringComparer.Ordinal);

    private static void AppendOptions(StringBuilder page, Type type, Dictionary<string, XElement?> documentation)
    {
        var defaults = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties().Where(property => property.CanWrite))
        {
            var meaning = Text(documentation.GetValueOrDefault($"P:{type.FullName}.{property.Name}"));
            Assert.True(meaning.Length > 0, $"{type.Name}.{property.Name} has no documentation.");
            page.Append(CultureInfo.InvariantCulture, $"| `{property.Name}` | {Default(property.GetValue(defaults))} | {meaning} |\n");
        }
    }

    private static string Default(object? value) => value is null or "" ? "" : $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`";

    private static string Text(XElement? summary)
    {
        if (summary is null) return "";
        foreach (var code in summary.Descendants("c").ToArray()) code.ReplaceWith($"`{code.Value}`");
        foreach (var see in summary.Descendants("see").ToArray()) see.ReplaceWith($"`{see.Attribute("cref")?.Value.Split('.')[^1]}`");
        return Spaces().Replace(summary.Value, " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"docs/[\w/-]+\.md")]
    private static partial Regex PageName();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}

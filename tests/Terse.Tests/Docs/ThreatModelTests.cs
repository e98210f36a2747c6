using System.Reflection;
using System.Text.RegularExpressions;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Docs;

/// <summary>The threat model: each threat has a defence, and a test that is there.</summary>
public sealed partial class ThreatModelTests
{
    private static readonly string[] Rows =
        [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "threat-model.md")).Where(line => line.StartsWith("| **", StringComparison.Ordinal))];

    [Fact]
    public void Every_threat_has_a_defence_and_names_what_shows_it()
    {
        Assert.All(Rows, row => Assert.Equal(3, row.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length));
        Assert.All(Rows, row => Assert.True(Shown().IsMatch(row) || row.Contains("by inspection", StringComparison.Ordinal), row));
        Assert.True(Rows.Length >= 20);
    }

    [Fact]
    public void Every_test_that_it_names_exists()
    {
        var types = typeof(ThreatModelTests).Assembly.GetTypes();
        var missing = Rows.SelectMany(row => Shown().Matches(row)).Where(match => !types.Any(type =>
            type.FullName == $"Terse.Tests.{match.Groups["class"].Value}"
            && (match.Groups["test"].Value is not { Length: > 0 } test || type.GetMethod(test, BindingFlags.Public | BindingFlags.Instance | BindingFlags.FlattenHierarchy) is not null)));

        Assert.Empty(missing.Select(match => match.Value));
    }

    [GeneratedRegex(@"`(?<class>[\w.]+?(?:Tests|Contract))(?:\.(?<test>\w+))?`")]
    private static partial Regex Shown();
}

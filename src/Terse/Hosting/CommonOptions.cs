using System.CommandLine;

namespace Terse.Hosting;

/// <summary>The options that every verb takes, and the configuration that they come to.</summary>
internal static class CommonOptions
{
    public static readonly Option<string?> Data = new("--data")
    {
        Description = "The directory of the embedded stores. [default: ./data]",
        HelpName = "DIR",
        Recursive = true,
    };

    public static readonly Option<string[]> Set = new("--set")
    {
        Description = "Any setting, such as --set Codes:Mode=Snowflake. May be given several times; docs/configuration.md lists them.",
        HelpName = "NAME=VALUE",
        Recursive = true,
        Validators =
        {
            result =>
            {
                foreach (var token in result.Tokens)
                    if (token.Value.IndexOf('=', StringComparison.Ordinal) < 1)
                        result.AddError($"--set takes NAME=VALUE, such as Codes:Mode=Snowflake, not \"{token.Value}\".");
            },
        },
    };

    /// <summary>What was given on the command line, as configuration that wins over the environment and appsettings.json.</summary>
    public static Dictionary<string, string?> ToSettings(ParseResult command)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var assignment in command.GetValue(Set) ?? [])
        {
            var at = assignment.IndexOf('=', StringComparison.Ordinal);
            var name = assignment[..at];
            settings[name.StartsWith("Terse:", StringComparison.OrdinalIgnoreCase) ? name : $"Terse:{name}"] = assignment[(at + 1)..];
        }

        if (command.GetValue(Data) is { } data) settings["Terse:Data"] = data;
        return settings;
    }
}

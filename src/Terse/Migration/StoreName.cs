using Terse.Hosting;

namespace Terse.Migration;

/// <summary>Names a set of stores as settings do: the engine, and where it is. All else comes from the engine's own section.</summary>
internal static class StoreName
{
    public const string Legal = "postgres:CONNECTION, dynamodb:URL or sqlite:DIRECTORY";

    /// <summary>The settings that the name stands for.</summary>
    /// <exception cref="CommandException">It names no engine.</exception>
    public static Dictionary<string, string?> ToSettings(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var (engine, place) = colon < 0 ? (name, "") : (name[..colon], name[(colon + 1)..]);
        var (store, where) = engine switch
        {
            "postgres" => ("PostgreSql", "Terse:PostgreSql:ConnectionString"),
            "dynamodb" => ("DynamoDb", "Terse:DynamoDb:ServiceUrl"),
            "sqlite" => ("Sqlite", "Terse:Data"),
            _ => throw new CommandException($"\"{name}\" names no store: give {Legal}."),
        };
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["Terse:Stores:Links"] = store, ["Terse:Migration:To"] = "" };
        if (place.Length > 0) settings[where] = place;
        return settings;
    }
}

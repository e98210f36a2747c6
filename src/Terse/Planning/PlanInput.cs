using System.Text.Json;
using Terse.Hosting;

namespace Terse.Planning;

/// <summary>Puts a workload together: a preset or nothing, then fields in the order they are given, the last of each winning.</summary>
internal static class PlanInput
{
    /// <summary>
    /// <paramref name="start"/> with the fields. Whoever gives users or actions means that they decide the redirects, and whoever gives new links
    /// that those do, so the other pair is taken out of what was started from.
    /// </summary>
    public static Workload Apply(Workload start, IReadOnlyCollection<(WorkloadField Field, double Value)> given)
    {
        var named = given.Select(one => one.Field).ToHashSet();
        var users = named.Contains(WorkloadFields.DailyUsers) || named.Contains(WorkloadFields.ActionsPerUser);
        var links = named.Contains(WorkloadFields.NewLinksPerDay);
        if (users && !links) start = start with { NewLinksPerDay = null };
        if (links && !users) start = start with { DailyUsers = null, ActionsPerUser = null };
        if (links && users) start = start with { ReadsPerWrite = null };
        return given.Aggregate(start, (workload, one) => one.Field.With(workload, one.Value));
    }

    /// <summary>
    /// The fields of a JSON file: an object with the names of the flags (<c>daily-users</c> or <c>dailyUsers</c>), as numbers
    /// (bytes, shares from 0 to 1, years, days, milliseconds) or as text with units (<c>"100M"</c>, <c>"5y"</c>).
    /// </summary>
    /// <exception cref="CommandException">It cannot be read; the message says where and why.</exception>
    public static IReadOnlyList<(WorkloadField Field, double Value)> Read(FileInfo file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file.FullName), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new CommandException($"{file.FullName}: it must be a JSON object, such as {{ \"daily-users\": \"100M\" }}.");
            return [.. document.RootElement.EnumerateObject().Select(property => Read(file, property))];
        }
        catch (JsonException e)
        {
            throw new CommandException($"{file.FullName} is not JSON: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file.FullName} cannot be read: {e.Message}");
        }
    }

    private static (WorkloadField Field, double Value) Read(FileInfo file, JsonProperty property)
    {
        var name = property.Name.Replace("-", "", StringComparison.Ordinal);
        var field = WorkloadFields.All.FirstOrDefault(field => field.Name.Replace("-", "", StringComparison.Ordinal).Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new CommandException($"{file.FullName}: there is no field \"{property.Name}\". Fields: {string.Join(", ", WorkloadFields.All.Select(field => field.Name))}.");
        var text = property.Value.ValueKind is JsonValueKind.String ? property.Value.GetString() : property.Value.GetRawText();
        return field.TryRead(text, out var value) ? (field, value) : throw new CommandException($"{file.FullName}: {field.Complain(text ?? "")}");
    }
}

using System.Text.Json;
using Terse.Admin.Shell;
using Terse.ApiKeys;
using Terse.Auditing;

namespace Terse.Admin.Audit;

/// <summary>The audit log with names in place of ids, and each change as words.</summary>
internal sealed class AuditReader(IAuditStore audit, ApiKeyRing keys)
{
    private const int LongestValue = 120;
    private const int LookedAt = 100;

    public async Task<IReadOnlyList<AuditTrail.Event>> ReadAsync(AuditQuery query, CancellationToken cancellationToken) => (await ReadPageAsync(query, cancellationToken)).Events;

    public async Task<(IReadOnlyList<AuditTrail.Event> Events, string? Next)> ReadPageAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        var page = await audit.ListAsync(query, cancellationToken);
        var names = (await keys.ListAsync(cancellationToken)).ToDictionary(key => key.Id, key => key.Name, StringComparer.Ordinal);
        return ([.. page.Entries.Select(entry => new AuditTrail.Event(
            entry.At, names.GetValueOrDefault(entry.Actor, entry.Actor.StartsWith("person:", StringComparison.Ordinal) ? entry.Actor[7..] : entry.Actor), entry.Actor, entry.Action, entry.Subject, Fields(entry.Before, entry.After)))], page.Next);
    }

    /// <summary>The last changes of what was there already, among the last <see cref="LookedAt"/> entries: what was made has lists of its own, and what went by age is of no one.</summary>
    public async Task<IReadOnlyList<AuditTrail.Event>> ReadChangesAsync(int most, bool linksOnly, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(new AuditQuery(LookedAt), cancellationToken))
            .Where(one => one.Action is not (AuditActions.LinkCreated or AuditActions.LinkImported or AuditActions.LinkSwept) && (!linksOnly || one.Subject.StartsWith("link:", StringComparison.Ordinal))).Take(most)];

    private static List<AuditTrail.Field> Fields(string? before, string? after)
    {
        var (old, now) = (Read(before), Read(after));
        return [.. old.Keys.Union(now.Keys, StringComparer.Ordinal).Select(name => new AuditTrail.Field(name, old.GetValueOrDefault(name), now.GetValueOrDefault(name)))];
    }

    private static Dictionary<string, string> Read(string? json)
    {
        if (json is null) return [];
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().Select(field => (field.Name, Text: TextOf(field.Value))).Where(field => field.Text.Length > 0)
            .ToDictionary(field => field.Name, field => Shorten(field.Text), StringComparer.Ordinal);
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(TextOf)),
        _ => value.GetRawText(),
    };

    private static string Shorten(string text) => text.Length <= LongestValue ? text : $"{text[..LongestValue]}…";
}

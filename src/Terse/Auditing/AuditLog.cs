using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Auditing;

/// <summary>
/// Writes entries, after the change that they tell of is confirmed and before its maker is answered. A store that cannot take an entry does not undo
/// the change: that is logged as an error, with who and what.
/// </summary>
internal sealed partial class AuditLog(IAuditStore store, TimeProvider time, ILogger<AuditLog> log)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Records something new or gone, whole.</summary>
    public ValueTask RecordAsync(string actor, string action, string subject, object? before, object? after) =>
        AppendAsync([New(actor, action, subject, Write(before), Write(after))]);

    /// <summary>Records a change: the fields that differ, and no others. Equal states make no entry.</summary>
    public ValueTask RecordChangeAsync(string actor, string action, string subject, object before, object after)
    {
        var (old, now) = (ToNode(before), ToNode(after));
        foreach (var name in old.Select(static field => field.Key).Union(now.Select(static field => field.Key)).ToArray())
        {
            var (was, @is) = (old[name], now[name]);
            if (!JsonNode.DeepEquals(was, @is)) continue;
            old.Remove(name);
            now.Remove(name);
        }

        return old.Count + now.Count == 0 ? ValueTask.CompletedTask : AppendAsync([New(actor, action, subject, old.ToJsonString(Json), now.ToJsonString(Json))]);
    }

    /// <summary>Entries for many things at once, with their state after where there is one.</summary>
    public ValueTask RecordAllAsync(string actor, string action, IEnumerable<(string Subject, object? After)> changes) =>
        AppendAsync([.. changes.Select(change => New(actor, action, change.Subject, null, Write(change.After)))]);

    private async ValueTask AppendAsync(IReadOnlyList<AuditEntry> entries)
    {
        if (entries.Count == 0) return;
        try
        {
            // The change is made: its caller's going away must not keep it from the log.
            await store.AppendAsync(entries, CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            Log.Lost(log, entries.Count, entries[0].Actor, entries[0].Action, entries[0].Subject, e.Message);
        }
    }

    private AuditEntry New(string actor, string action, string subject, string? before, string? after) =>
        new(time.GetUtcNow().ToMillisecond(), actor, action, subject, before, after);

    private static string? Write(object? state) => state is null ? null : JsonSerializer.Serialize(state, state.GetType(), Json);

    private static JsonObject ToNode(object state) => JsonSerializer.SerializeToNode(state, state.GetType(), Json)!.AsObject();

    private static partial class Log
    {
        [LoggerMessage(1200, LogLevel.Error, "The audit log could not be written ({Count} entries, the first: {Actor} did {Action} to {Subject}): {Reason}")]
        public static partial void Lost(ILogger logger, int count, string actor, string action, string subject, string reason);
    }
}

using Terse.Planning;

namespace Terse.Admin.Planner;

/// <summary>Which boxes a drawing of the plan has, and what is written in them.</summary>
internal static class PlanBoxes
{
    public static IReadOnlyList<PlanBox> Of(CapacityPlan plan)
    {
        var rung = plan.Ladder.Rung;
        if (rung.Number == 1)
        {
            return
            [
                new("people", "People", Units.Rate(plan.Traffic.PeakRedirectsPerSecond), "at the peak", true),
                new("one", "terse serve", "1 process", $"{Units.Share(plan.Cache.ExpectedL1HitRate)} from L1", true),
                new("links", "SQLite", Units.Bytes(plan.Storage.Bytes), "links", true),
                new("clicks", "DuckDB", Units.Bytes(plan.Clicks.Storage.Bytes), "clicks", true),
            ];
        }

        var machines = plan.Machines.ToDictionary(role => role.Role, role => role.Machines, StringComparer.Ordinal);
        string Of(string role) => machines.TryGetValue(role, out var count) ? $"× {Units.Count(count)}" : "";
        var shared = plan.Components.First(component => component.Name == ComponentChoice.SharedCache).Needed;
        return
        [
            new("people", "People", Units.Rate(plan.Traffic.PeakRedirectsPerSecond), "at the peak", true),
            new("gateway", "Gateway", Of("gateway"), "balances, sheds", true),
            new("redirect", "Redirect", Of("Redirect"), $"{Units.Share(plan.Cache.ExpectedL1HitRate)} from L1", true),
            new("api", "Api", Of("Api"), Units.Rate(plan.Traffic.PeakCreatesPerSecond), true),
            new("cache", rung.Number >= 4 ? "Redis Cluster" : "Redis", shared ? Of("Redis") : "not needed", "L2", shared),
            new("links", rung.Number >= 4 ? "DynamoDB API" : "PostgreSQL", rung.Number >= 4 ? $"{Of("DynamoDB partitions")} partitions" : Of("PostgreSQL"), Units.Bytes(plan.Storage.ReplicatedBytes), true),
            new("queue", rung.Number >= 3 ? "NATS JetStream" : "Local log", rung.Number >= 3 ? Of("NATS JetStream") : "in each node", Units.Rate(plan.Clicks.PeakPerSecond), true),
            new("clicks", "Click store", Units.Bytes(plan.Clicks.Storage.ReplicatedBytes), $"{Units.Digits(plan.Clicks.KeptDays)} days", true),
        ];
    }
}

/// <summary>One box of the drawing.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Name">What it is.</param>
/// <param name="Amount">How many or how much.</param>
/// <param name="Note">A word under it.</param>
/// <param name="On">Whether the plan needs it.</param>
public sealed record PlanBox(string Place, string Name, string Amount, string Note, bool On);

namespace Terse.Planning;

/// <summary>A rung of the ladder: what an instance consists of at that size.</summary>
internal sealed record Rung(int Number, string Name, string LinkStore, string Cache, string Clicks, string Nodes)
{
    public static readonly IReadOnlyList<Rung> All =
    [
        new(1, "embedded", "SQLite", "in process", "local durable log, DuckDB", "1"),
        new(2, "a few nodes", "PostgreSQL, read replicas", "+ Redis", "local log, PostgreSQL rollups", "a few behind the gateway"),
        new(3, "roles split", "PostgreSQL", "Redis", "NATS JetStream, PostgreSQL rollups", "roles split"),
        new(4, "fleet", "DynamoDB API: Amazon DynamoDB or ScyllaDB Alternator", "Redis Cluster", "NATS JetStream cluster", "fleet"),
        new(5, "several regions", "the same, in each region", "per region", "per region", "per region"),
    ];
}

/// <summary>
/// The lowest rung that carries the workload, and why no lower one does. A rung is climbed only when one of its limits is exceeded.
/// </summary>
/// <param name="Rung">The rung.</param>
/// <param name="Forced">The limits of lower rungs that are exceeded: each forced its component.</param>
/// <param name="ToClimb">This rung's limits, the nearest first: what must grow to leave it.</param>
/// <param name="ToDescend">The exceeded limits of the rung below: all must be undone to go down.</param>
internal sealed record Ladder(Rung Rung, IReadOnlyList<Limit> Forced, IReadOnlyList<Limit> ToClimb, IReadOnlyList<Limit> ToDescend)
{
    /// <summary>Climbs from rung 1, to the first rung whose limits all hold.</summary>
    public static Ladder Climb(IReadOnlyList<Limit> limits)
    {
        var rung = Rung.All.First(rung => rung == Rung.All[^1] || !limits.Any(limit => limit.Rung == rung.Number && limit.IsExceeded));
        return new(
            rung,
            [.. limits.Where(limit => limit.Rung < rung.Number && limit.IsExceeded).DistinctBy(limit => (limit.Number, limit.Forces))],
            [.. limits.Where(limit => limit.Rung == rung.Number && !limit.IsExceeded).OrderBy(limit => limit.Unit is LimitUnit.PerSecond or LimitUnit.Bytes ? limit.Headroom : double.MaxValue)],
            [.. limits.Where(limit => limit.Rung == rung.Number - 1 && limit.IsExceeded)]);
    }
}

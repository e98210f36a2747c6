namespace Terse.Planning;

/// <summary>A page of <c>docs/decisions</c>, named by its number.</summary>
internal readonly record struct DecisionPage(string Number, string Subject)
{
    public override string ToString() => $"{Number} {Subject}";
}

/// <summary>The pages that the plan's advice rests on. A test checks that each is there.</summary>
internal static class DecisionPages
{
    public static readonly DecisionPage OneProgram = new("0001", "one program, several roles");
    public static readonly DecisionPage Codes = new("0010", "code generation");
    public static readonly DecisionPage Sqlite = new("0020", "SQLite as the embedded store");
    public static readonly DecisionPage GroupCommit = new("0021", "group commit");
    public static readonly DecisionPage PostgreSql = new("0023", "PostgreSQL as the shared store");
    public static readonly DecisionPage Replicas = new("0024", "replicas with bounded staleness");
    public static readonly DecisionPage DynamoDb = new("0026", "links in the DynamoDB API");
    public static readonly DecisionPage RedirectCaching = new("0030", "redirect status and caching");
    public static readonly DecisionPage L1 = new("0032", "the L1 cache");
    public static readonly DecisionPage NegativeEntries = new("0033", "negative entries");
    public static readonly DecisionPage HotKeys = new("0034", "hot keys");
    public static readonly DecisionPage L2 = new("0035", "L2 in Redis");
    public static readonly DecisionPage Backplane = new("0036", "invalidation over the backplane");
    public static readonly DecisionPage ClickDurability = new("0040", "click durability");
    public static readonly DecisionPage CountedOnce = new("0042", "delivered at least once, counted once");
    public static readonly DecisionPage Queue = new("0043", "the click queue");
    public static readonly DecisionPage Idempotency = new("0050", "idempotent creation");
    public static readonly DecisionPage ClickStore = new("0059", "the analytics store");
    public static readonly DecisionPage Gateway = new("0061", "the gateway: retries, health, hygiene");
    public static readonly DecisionPage LoadBalancing = new("0062", "consistent hashing with bounded loads");
    public static readonly DecisionPage Model = new("0080", "the planner's model and its constants");
    public static readonly DecisionPage Rungs = new("0081", "rungs of the ladder");

    public static readonly IReadOnlyList<DecisionPage> All =
    [
        OneProgram, Codes, Sqlite, GroupCommit, PostgreSql, Replicas, DynamoDb, RedirectCaching, L1, NegativeEntries, HotKeys, L2, Backplane, ClickDurability, CountedOnce, Queue, Idempotency, ClickStore,
        Gateway, LoadBalancing, Model, Rungs,
    ];
}

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
    public static readonly DecisionPage RedirectCaching = new("0030", "redirect status and caching");
    public static readonly DecisionPage L1 = new("0032", "the L1 cache");
    public static readonly DecisionPage NegativeEntries = new("0033", "negative entries");
    public static readonly DecisionPage HotKeys = new("0034", "hot keys");
    public static readonly DecisionPage ClickDurability = new("0040", "click durability");
    public static readonly DecisionPage Queue = new("0041", "the click queue");
    public static readonly DecisionPage ClickStore = new("0045", "the analytics store");
    public static readonly DecisionPage Idempotency = new("0050", "idempotent creation");
    public static readonly DecisionPage Model = new("0080", "the planner's model and its constants");
    public static readonly DecisionPage Rungs = new("0081", "rungs of the ladder");

    public static readonly IReadOnlyList<DecisionPage> All =
        [OneProgram, Codes, Sqlite, GroupCommit, RedirectCaching, L1, NegativeEntries, HotKeys, ClickDurability, Queue, ClickStore, Idempotency, Model, Rungs];
}

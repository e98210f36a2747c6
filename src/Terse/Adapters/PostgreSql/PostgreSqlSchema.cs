namespace Terse.Adapters.PostgreSql;

/// <summary>
/// The schema, as the ordered list of what made it. A step is never changed, and new ones go to the end of the list. Each slice keeps its steps in a
/// class of its own beside its store, such as <see cref="LinkSchema"/>.
/// </summary>
internal static class PostgreSqlSchema
{
    public static readonly PostgreSqlMigration[] Steps =
    [
        LinkSchema.Tables,
        ClickSchema.Tables,
        JournalSchema.Tables,
        LinkSchema.Disabled,
        LinkSchema.TakenDown,
        LinkSchema.Owner,
        ClickSchema.LargeDays,
    ];
}

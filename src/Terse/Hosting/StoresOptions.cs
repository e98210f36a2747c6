using System.ComponentModel.DataAnnotations;

namespace Terse.Hosting;

/// <summary>Which engines keep what. The defaults need nothing but a directory; a fleet names servers. See docs/decisions/0081-rungs-of-the-ladder.md for when.</summary>
internal sealed class StoresOptions
{
    public const string Section = "Terse:Stores";

    /// <summary>Where links, idempotency claims, code ranges and API keys are: <c>Sqlite</c>, <c>PostgreSql</c> or <c>DynamoDb</c>.</summary>
    [AllowedValues("Sqlite", "PostgreSql", "DynamoDb", ErrorMessage = "Terse:Stores:Links must be Sqlite, PostgreSql or DynamoDb.")]
    public string Links { get; set; } = "Sqlite";

    /// <summary>
    /// Where the audit log is, and webhooks with their queue: <c>Sqlite</c>, which suits one node alone, <c>PostgreSql</c> or <c>DynamoDb</c>. Empty: where links are.
    /// </summary>
    [AllowedValues("", "Sqlite", "PostgreSql", "DynamoDb", ErrorMessage = "Terse:Stores:Journal must be empty, Sqlite, PostgreSql or DynamoDb.")]
    public string Journal { get; set; } = "";

    /// <summary>Where clicks are: <c>DuckDb</c>, a file in the data directory for one node; or <c>PostgreSql</c>, for any number.</summary>
    [AllowedValues("DuckDb", "PostgreSql", ErrorMessage = "Terse:Stores:Clicks must be DuckDb or PostgreSql.")]
    public string Clicks { get; set; } = "DuckDb";

    /// <summary>How clicks get to the worker: <c>Local</c>, the click log of a process that also has the role Clicks; or <c>Nats</c>, JetStream, which nodes share.</summary>
    [AllowedValues("Local", "Nats", ErrorMessage = "Terse:Stores:Queue must be Local or Nats.")]
    public string Queue { get; set; } = "Local";
}

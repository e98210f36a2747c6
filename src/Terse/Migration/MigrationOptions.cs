using System.ComponentModel.DataAnnotations;

namespace Terse.Migration;

/// <summary>A move of the running instance to another link store: docs/operations.md has the steps.</summary>
internal sealed class MigrationOptions
{
    public const string Section = "Terse:Migration";

    /// <summary>
    /// The store to move to: <c>postgres:CONNECTION</c>, <c>dynamodb:URL</c> or <c>sqlite:DIRECTORY</c>; what stands after the colon may be left out where
    /// the engine's own section says it. Every write goes to both stores from then on. Empty: no move.
    /// </summary>
    [RegularExpression("^$|^(postgres|dynamodb|sqlite)(:.*)?$", ErrorMessage = "Terse:Migration:To must be empty, postgres:CONNECTION, dynamodb:URL or sqlite:DIRECTORY.")]
    public string To { get; set; } = "";
}

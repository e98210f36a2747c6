using Spectre.Console;
using Link = Terse.Links.Link;

namespace Terse.Portability;

/// <summary>What to do with an imported link whose code is taken by a link that differs.</summary>
internal enum ConflictAction
{
    /// <summary>Stop the import there.</summary>
    Fail,

    /// <summary>Keep the link that is there.</summary>
    Skip,

    /// <summary>Put the imported one in its place.</summary>
    Overwrite,

    /// <summary>Import it under a new, generated code.</summary>
    NewCode,
}

/// <summary>Decides a conflict: by rule, or by asking.</summary>
internal interface IConflictPolicy
{
    ConflictAction Decide(long number, Link there, Link imported);
}

/// <summary>The same for every conflict.</summary>
internal sealed class FixedConflictPolicy(ConflictAction action) : IConflictPolicy
{
    public const string Legal = "skip, overwrite, new-code or fail";

    public static bool TryParse(string? text, out ConflictAction action)
    {
        ConflictAction? parsed = text switch
        {
            "skip" => ConflictAction.Skip,
            "overwrite" => ConflictAction.Overwrite,
            "new-code" => ConflictAction.NewCode,
            "fail" => ConflictAction.Fail,
            _ => null,
        };
        action = parsed ?? default;
        return parsed is not null;
    }

    public ConflictAction Decide(long number, Link there, Link imported) => action;
}

/// <summary>Asks the person at the terminal, who may answer for all the rest.</summary>
internal sealed class AskingConflictPolicy(IAnsiConsole console) : IConflictPolicy
{
    private static readonly (string Text, ConflictAction Action, bool All)[] Choices =
    [
        ("Keep the one here", ConflictAction.Skip, false),
        ("Overwrite it with the imported one", ConflictAction.Overwrite, false),
        ("Import it under a new code", ConflictAction.NewCode, false),
        ("Keep those here, for all conflicts", ConflictAction.Skip, true),
        ("Overwrite, for all conflicts", ConflictAction.Overwrite, true),
        ("New codes, for all conflicts", ConflictAction.NewCode, true),
        ("Stop", ConflictAction.Fail, false),
    ];

    private ConflictAction? _forAll;

    public ConflictAction Decide(long number, Link there, Link imported)
    {
        if (_forAll is { } decided) return decided;
        console.MarkupLineInterpolated($"[yellow]Line {number}: the code {imported.Code.Value} is taken.[/]");
        console.MarkupLineInterpolated($"  here      {there.Destination}");
        console.MarkupLineInterpolated($"  imported  {imported.Destination}");
        var answer = console.Prompt(new SelectionPrompt<(string Text, ConflictAction Action, bool All)>()
            .Title("What now?").UseConverter(choice => choice.Text).AddChoices(Choices));
        if (answer.All) _forAll = answer.Action;
        return answer.Action;
    }
}

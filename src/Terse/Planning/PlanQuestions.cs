using Spectre.Console;

namespace Terse.Planning;

/// <summary>Asks for a workload in a terminal, with the preset's values as defaults.</summary>
internal static class PlanQuestions
{
    public static async Task<Workload> AskAsync(IAnsiConsole console, CancellationToken cancellationToken)
    {
        console.MarkupLine("[bold]What is it to carry?[/] Enter keeps the value in brackets; numbers may be written as 1.5k, 100M, 10B.");
        var preset = await new SelectionPrompt<string>().Title("Start from").AddChoices(WorkloadPresets.All.Keys).ShowAsync(console, cancellationToken);
        var workload = WorkloadPresets.All[preset];
        foreach (var field in WorkloadFields.All.Where(field => field.Asked && IsOpen(field, workload)))
        {
            var before = field.Get(workload);
            var prompt = new TextPrompt<string>($"{field.Question}:").AllowEmpty()
                .Validate(text => text.Length == 0 || field.TryRead(text, out _) ? ValidationResult.Success() : ValidationResult.Error($"[red]{Markup.Escape(field.Complain(text)[2..])}[/]"));
            if (before is { } value) prompt.DefaultValue(Quantity.Write(field.Kind, value));
            var answer = await prompt.ShowAsync(console, cancellationToken);
            if (field.TryRead(answer, out var given) && given != before) workload = PlanInput.Apply(workload, [(field, given)]);
        }
        return workload;
    }

    // Users and actions are a pair; so are new links and what follows from them.
    private static bool IsOpen(WorkloadField field, Workload workload) =>
        (field == WorkloadFields.DailyUsers || field == WorkloadFields.ActionsPerUser)
            ? workload.DailyUsers is not null
            : field != WorkloadFields.NewLinksPerDay || workload.DailyUsers is null;
}

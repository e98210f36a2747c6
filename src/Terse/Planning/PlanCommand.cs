using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using Terse.Hosting;

namespace Terse.Planning;

/// <summary><c>terse plan</c>: estimates before anything is built, and says which number forces which component.</summary>
internal static class PlanCommand
{
    private static readonly Option<string?> Preset = new("--preset")
    {
        Description = $"What to start from: {string.Join(", ", WorkloadPresets.All.Keys)}.",
        HelpName = "NAME",
        Validators =
        {
            result =>
            {
                if (result.Tokens is [{ Value: var name }] && !WorkloadPresets.All.ContainsKey(name))
                    result.AddError($"--preset takes {string.Join(", ", WorkloadPresets.All.Keys)}, not \"{name}\".");
            },
        },
    };

    private static readonly Option<FileInfo?> File = new("--file") { Description = "A JSON object with any of the fields below, such as { \"daily-users\": \"100M\" }.", HelpName = "PLAN.JSON" };
    private static readonly Option<bool> Json = new("--json") { Description = "Print the plan as JSON." };
    private static readonly Option<bool> Markdown = new("--markdown") { Description = "Print the plan as Markdown." };
    private static readonly Option<bool> Measure = new("--measure") { Description = "Measure the constants here first, in about 30 seconds, and use them." };
    private static readonly Option<FileInfo?> Constants = new("--constants") { Description = "Use the constants of this file, as --save-constants writes it.", HelpName = "FILE" };
    private static readonly Option<FileInfo?> SaveConstants = new("--save-constants") { Description = "Write the constants that were used.", HelpName = "FILE" };

    public static Command Create()
    {
        var fields = WorkloadFields.All.ToDictionary(field => field, OptionOf);
        var command = new Command("plan", "Estimate what a workload needs, and which number forces each component.") { Preset, File, Json, Markdown, Measure, Constants, SaveConstants };
        foreach (var field in fields.Values) command.Add(field);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Json) && result.GetValue(Markdown)) result.AddError("Give --json or --markdown, not both.");
            if (result.GetValue(Measure) && result.GetValue(Constants) is not null) result.AddError("Give --measure or --constants, not both.");
        });
        command.SetAction((parsed, cancellationToken) => CommandFailure.ReportAsync(() => RunAsync(parsed, fields, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Dictionary<WorkloadField, Option<string?>> fields, CancellationToken cancellationToken)
    {
        const int redirectedWidth = 140;
        var output = parsed.InvocationConfiguration.Output;
        var console = ReferenceEquals(output, Console.Out) ? AnsiConsole.Console : AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        if (Console.IsOutputRedirected || output != Console.Out) console.Profile.Width = redirectedWidth;
        var workload = await WorkloadAsync(parsed, fields, console, cancellationToken);
        if (workload.Check() is { Count: > 0 } wrong) throw new CommandException(string.Join(" ", wrong));

        var constants = parsed.GetValue(Constants) is { } file ? Measurements.Load(file) : Measurements.Committed();
        if (parsed.GetValue(Measure))
            constants = await new Calibration(TimeProvider.System, Console.Error).RunAsync(constants, cancellationToken);
        if (parsed.GetValue(SaveConstants) is { } target) constants.Save(target);

        var plan = CapacityPlan.For(workload, constants);
        IReadOnlyList<ReportSection> sections = parsed.GetValue(Preset)?.Equals("textbook", StringComparison.OrdinalIgnoreCase) == true
            ? [.. PlanReport.Of(plan), PlanReport.Errata()]
            : PlanReport.Of(plan);
        if (parsed.GetValue(Json)) await output.WriteLineAsync(JsonSerializer.Serialize(plan, PlanJson.Default.CapacityPlan));
        else if (parsed.GetValue(Markdown)) PlanWriter.WriteMarkdown(output, sections);
        else PlanWriter.Draw(console, sections);
        return 0;
    }

    private static async Task<Workload> WorkloadAsync(ParseResult parsed, Dictionary<WorkloadField, Option<string?>> fields, IAnsiConsole console, CancellationToken cancellationToken)
    {
        List<(WorkloadField, double)> given = parsed.GetValue(File) is { } file ? [.. PlanInput.Read(file)] : [];
        foreach (var (field, option) in fields)
        {
            if (field.TryRead(parsed.GetValue(option), out var value)) given.Add((field, value));
        }

        if (parsed.GetValue(Preset) is { } preset) return PlanInput.Apply(WorkloadPresets.All[preset], given);
        if (given.Count > 0) return PlanInput.Apply(new Workload(), given);
        if (!parsed.GetValue(Json) && !parsed.GetValue(Markdown) && console.Profile.Capabilities.Interactive && !Console.IsInputRedirected && !Console.IsOutputRedirected)
            return await PlanQuestions.AskAsync(console, cancellationToken);
        await Console.Error.WriteLineAsync($"No workload was given: this is --preset {WorkloadPresets.Default}. See: terse plan --help");
        return WorkloadPresets.All[WorkloadPresets.Default];
    }

    private static Option<string?> OptionOf(WorkloadField field)
    {
        var usual = field.Get(new Workload()) is { } value ? $" [default: {Quantity.Write(field.Kind, value)}]" : "";
        return new Option<string?>($"--{field.Name}")
        {
            Description = field.Help + usual,
            HelpName = field.Kind.ToString().ToUpperInvariant(),
            Validators =
            {
                result =>
                {
                    if (result.Tokens is [{ Value: var text }] && !field.TryRead(text, out _)) result.AddError(field.Complain(text));
                },
            },
        };
    }
}

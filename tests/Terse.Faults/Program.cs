using System.CommandLine;
using Terse.Faults;

var rigs = new Option<string[]>("--rig") { DefaultValueFactory = _ => Rigs.Names, Description = "What to break: one process, or a fleet whose links are in this store. May be given several times." };
rigs.AcceptOnlyFromAmong(Rigs.Names);
var only = new Option<string[]>("--only") { DefaultValueFactory = _ => [""], Description = "Only the faults that have these words. May be given several times." };
var rate = new Option<double>("--rate") { DefaultValueFactory = _ => 200, Description = "Redirects per second." };
var writers = new Option<int>("--writers") { DefaultValueFactory = _ => 4, Description = "Writers at once." };
var held = new Option<int>("--held") { DefaultValueFactory = _ => 4, Description = "Seconds that a fault is held." };
var report = new Option<FileInfo?>("--report") { Description = "Where to write the report. [default: nowhere]" };
var root = new RootCommand("Breaks a running Terse in every way it must survive, under load, and judges every answer.") { rigs, only, rate, writers, held, report };
root.SetAction(async parsed =>
{
    var results = new List<ExperimentResult>();
    var hold = TimeSpan.FromSeconds(parsed.GetValue(held));
    await foreach (var (rig, experiments) in Rigs.StartAsync(parsed.GetValue(rigs)!))
    {
        var run = new ExperimentRun(rig, parsed.GetValue(rate), parsed.GetValue(writers), hold);
        foreach (var experiment in experiments.Where(experiment => parsed.GetValue(only)!.Any(words => experiment.Fault.Contains(words, StringComparison.OrdinalIgnoreCase))))
        {
            Console.Error.WriteLine($"{rig.Name}: {experiment.Fault} ...");
            var result = await run.RunAsync(experiment);
            results.Add(result);
            Console.WriteLine(Report.Row(result));
        }
    }

    if (parsed.GetValue(report) is { } file)
        await File.WriteAllTextAsync(file.FullName, Report.Render(results, parsed.GetValue(rate), parsed.GetValue(writers), hold, TimeProvider.System.GetUtcNow()) + Report.WrittenByHand(file));
    Console.WriteLine($"{results.Count(result => result.Good)} passed, {results.Count(result => !result.Good)} failed");
    return results.Count > 0 && results.TrueForAll(result => result.Good) ? 0 : 1;
});

var minutes = new Option<double>("--minutes") { DefaultValueFactory = _ => 10, Description = "How long." };
var soak = new Command("soak", "Runs a steady mixed load and compares what the process holds at the end and at the start.") { minutes, rate, writers };
soak.SetAction(parsed => Soak.RunAsync(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(rate), parsed.GetValue(writers)));
root.Add(soak);
return await root.Parse(args).InvokeAsync();

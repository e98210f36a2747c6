using System.CommandLine;
using Terse.Faults;

var only = new Option<string?>("--only") { Description = "Run only the experiments whose rig or fault has these words." };
var rate = new Option<double>("--rate") { DefaultValueFactory = _ => 200, Description = "Redirects per second." };
var writers = new Option<int>("--writers") { DefaultValueFactory = _ => 4, Description = "Writers at once." };
var held = new Option<int>("--held") { DefaultValueFactory = _ => 4, Description = "Seconds that a fault is held." };
var report = new Option<FileInfo?>("--report") { Description = "Where to write the report. [default: nowhere]" };
var root = new RootCommand("Breaks a running Terse in every way it must survive, under load, and judges every answer.") { only, rate, writers, held, report };
root.SetAction(async parsed =>
{
    var results = new List<ExperimentResult>();
    var words = parsed.GetValue(only) ?? "";
    var hold = TimeSpan.FromSeconds(parsed.GetValue(held));
    await foreach (var (rig, experiments) in Rigs.AllAsync(words))
    {
        var run = new ExperimentRun(rig, parsed.GetValue(rate), parsed.GetValue(writers), hold);
        foreach (var experiment in experiments.Where(experiment => $"{rig.Name} {experiment.Fault}".Contains(words, StringComparison.OrdinalIgnoreCase)))
        {
            Console.Error.WriteLine($"{rig.Name}: {experiment.Fault} ...");
            var result = await run.RunAsync(experiment);
            results.Add(result);
            Console.WriteLine(Report.Row(result));
        }
    }

    if (parsed.GetValue(report) is { } file)
        await File.WriteAllTextAsync(file.FullName, Report.Render(results, parsed.GetValue(rate), parsed.GetValue(writers), hold, TimeProvider.System.GetUtcNow()));
    Console.WriteLine($"{results.Count(result => result.Good)} passed, {results.Count(result => !result.Good)} failed");
    return results.Count > 0 && results.TrueForAll(result => result.Good) ? 0 : 1;
});

var minutes = new Option<double>("--minutes") { DefaultValueFactory = _ => 10, Description = "How long." };
var soak = new Command("soak", "Runs a steady mixed load and compares what the process holds at the end and at the start.") { minutes, rate, writers };
soak.SetAction(parsed => Soak.RunAsync(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(rate), parsed.GetValue(writers)));
root.Add(soak);
return await root.Parse(args).InvokeAsync();

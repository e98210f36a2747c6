using System.CommandLine;
using Spectre.Console;
using Terse.Auditing;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Portability;

/// <summary><c>terse import</c>: takes in an export or a CSV file, into the stores directly or through a running server.</summary>
internal static class ImportCommand
{
    private static readonly Argument<FileInfo> File = new Argument<FileInfo>("file") { Description = "An export of terse (JSON Lines), or CSV with a header line." }.AcceptExistingOnly();

    private static readonly Option<string?> Format = new Option<string?>("--format") { Description = "jsonl or csv. [default: by the file's name]" }.AcceptOnlyFromAmong("jsonl", "csv");

    private static readonly Option<string?> OnConflict = new Option<string?>("--on-conflict")
    {
        Description = "What to do when a code is taken by a link that differs: skip, overwrite, new-code or fail. [default: ask, or fail where nobody can be asked]",
    }.AcceptOnlyFromAmong("skip", "overwrite", "new-code", "fail");

    private static readonly Option<string?> Server = new("--server") { Description = "Import through this running server, such as http://localhost:5080.", HelpName = "URL" };

    private static readonly Option<string?> ApiKey = new("--api-key") { Description = "An admin key of that server. [default: TERSE_API_KEY in the environment]", HelpName = "KEY" };

    public static Command Create()
    {
        var command = new Command("import", "Take in links from an export of terse, or from CSV.") { File, Format, OnConflict, Server, ApiKey };
        command.SetAction((parsed, cancellationToken) => CommandFailure.ReportAsync(async () =>
        {
            var file = parsed.GetRequiredValue(File);
            var format = (parsed.GetValue(Format) ?? file.Extension.TrimStart('.')).Equals("csv", StringComparison.OrdinalIgnoreCase) ? ImportFormat.Csv : ImportFormat.JsonLines;
            var report = parsed.GetValue(Server) is { } server
                ? await RemoteImport.SendAsync(ServerAddress.Parse(server), parsed.GetValue(ApiKey), file, format, parsed.GetValue(OnConflict), cancellationToken)
                : await ImportHereAsync(CommonOptions.ToSettings(parsed), file, format, parsed.GetValue(OnConflict), cancellationToken);
            Show(report);
            return report.Refused == 0 ? 0 : 2;
        }));
        return command;
    }

    private static async Task<ImportReport> ImportHereAsync(
        IReadOnlyDictionary<string, string?> settings, FileInfo file, ImportFormat format, string? onConflict, CancellationToken cancellationToken)
    {
        IConflictPolicy conflicts = FixedConflictPolicy.TryParse(onConflict, out var action) ? new FixedConflictPolicy(action)
            : AnsiConsole.Profile.Capabilities.Interactive && !Console.IsInputRedirected ? new AskingConflictPolicy(AnsiConsole.Console)
            : new FixedConflictPolicy(ConflictAction.Fail);

        // The permutation key of the export must be in the store before anything makes a code here.
        using var held = Stores.Hold(settings, "Or import through the running server with --server URL --api-key KEY.");
        await AdoptKeyAsync(settings, file, format, cancellationToken);

        using var host = await Stores.OpenAsync(
            settings, mayCreate: true, services => services.AddCodes().AddLinkRules().AddSingleton<ImportedLinks>().AddSingleton<Importer>(), cancellationToken);
        await using var stream = file.OpenRead();
        var progress = new ConsoleProgress("Imported", 0);
        var report = await host.Services.GetRequiredService<Importer>().ImportAsync(
            ImportSource.ReadAsync(stream, format, cancellationToken), conflicts, Actors.CommandLine, new Counting(progress), cancellationToken);
        progress.Finish();
        await host.StopAsync(cancellationToken);
        return report;
    }

    private static async Task AdoptKeyAsync(
        IReadOnlyDictionary<string, string?> settings, FileInfo file, ImportFormat format, CancellationToken cancellationToken)
    {
        await using var stream = file.OpenRead();
        await foreach (var first in ImportSource.ReadAsync(stream, format, cancellationToken))
        {
            if (first.Line?.Instance?.PermutationKey is not { Length: 32 } key) return;
            using var host = await Stores.OpenAsync(settings, mayCreate: true, _ => { }, cancellationToken);
            var own = await host.Services.GetRequiredService<ICodeRangeStore>().GetOrAddKeyAsync(key, cancellationToken);
            await host.StopAsync(cancellationToken);
            if (!own.AsSpan().SequenceEqual(key))
                await Console.Error.WriteLineAsync("This instance has another permutation key already: the imported codes are kept as aliases.");
            return;
        }
    }

    private static void Show(ImportReport report)
    {
        foreach (var reason in report.Reasons) Console.Error.WriteLine($"terse: {reason}");
        if (report.Refused > report.Reasons.Count) Console.Error.WriteLine($"terse: and {report.Refused - report.Reasons.Count:N0} more.");
        Console.WriteLine(
            $"Added {report.Added:N0}, already there {report.Same:N0}, skipped {report.Skipped:N0}, overwritten {report.Overwritten:N0}, "
            + $"under a new code {report.Renamed:N0}, API keys {report.ApiKeys:N0}, refused {report.Refused:N0}.");
    }

    private sealed class Counting(IProgress<long> inner) : IProgress<ImportReport>
    {
        public void Report(ImportReport value) => inner.Report(value.Total);
    }
}

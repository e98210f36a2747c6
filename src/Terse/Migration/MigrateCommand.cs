using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Spectre.Console;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Migration;

/// <summary><c>terse migrate</c>: moves an instance to another link store, while it serves or while it is stopped.</summary>
internal static class MigrateCommand
{
    private const int MostPasses = 10;

    private static readonly Option<string> From = new("--from") { Description = $"The store that has the links: {StoreName.Legal}.", HelpName = "STORE", Required = true };

    private static readonly Option<string> To = new("--to") { Description = "The store to move to, named likewise.", HelpName = "STORE", Required = true };

    private static readonly Option<string[]> Servers = new("--server")
    {
        Description = "A running server of the instance, with Terse:Migration:To set to the same store. Name every one. [default: none runs]",
        HelpName = "URL",
    };

    private static readonly Option<string?> ApiKey = new("--api-key") { Description = "An admin key of the servers. [default: TERSE_API_KEY in the environment]", HelpName = "KEY" };

    private static readonly Option<bool> NoSwitch = new("--no-switch") { Description = "Copy and compare only: the servers go on with the store that they have." };

    private static readonly Option<FileInfo> State = new("--state")
    {
        Description = "Where to remember how far the copy has come. [default: ./terse-migrate.json]",
        HelpName = "FILE",
        DefaultValueFactory = _ => new FileInfo("terse-migrate.json"),
    };

    public static Command Create()
    {
        var command = new Command("migrate", "Move links, API keys and the permutation key to another store, while servers run too.") { From, To, Servers, ApiKey, NoSwitch, State };
        command.SetAction((parsed, cancellationToken) => CommandFailure.ReportAsync(async () =>
        {
            try
            {
                await RunAsync(parsed, cancellationToken);
                return 0;
            }
            catch (StoreUnavailableException e)
            {
                throw new CommandException($"{e.Message} Run the same command again: it goes on where it broke off.");
            }
        }));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (from, to) = (parsed.GetRequiredValue(From), parsed.GetRequiredValue(To));
        var settings = CommonOptions.ToSettings(parsed);
        using var nodes = parsed.GetValue(Servers) is { Length: > 0 } servers ? new Nodes([.. servers.Select(ServerAddress.Parse)], parsed.GetValue(ApiKey)) : null;
        if (nodes is not null) await nodes.ShowAsync(cancellationToken);
        using var held = nodes is null && from.StartsWith("sqlite:", StringComparison.Ordinal) ? Hold(settings, from) : null;

        using var source = await OpenAsync(settings, from, mayCreate: false, cancellationToken);
        using var target = await OpenAsync(settings, to, mayCreate: true, cancellationToken);
        var (old, @new) = (StoreSet.From(source.Services), StoreSet.From(target.Services));
        await MovedFacts.CopyAsync(old, @new, cancellationToken);

        await ShowProgressAsync("Copied", await old.Links.CountAsync(cancellationToken), progress =>
            new Backfill(old, @new, parsed.GetRequiredValue(State).FullName).RunAsync(Fingerprint(from, to), progress, cancellationToken));
        await VerifyAsync(old, @new, cancellationToken);
        if (nodes is not null && !parsed.GetValue(NoSwitch)) await nodes.LeadTargetAsync(cancellationToken);
        else await MovedFacts.CopyAsync(old, @new, cancellationToken);
        Console.WriteLine(nodes is null ? "Moved. Start the servers on the new store." : parsed.GetValue(NoSwitch) ? "Copied and compared. The servers go on as they were." : "Moved: the new store leads on every server.");
    }

    private static async Task VerifyAsync(StoreSet from, StoreSet to, CancellationToken cancellationToken)
    {
        for (var pass = 1; pass <= MostPasses; pass++)
        {
            var total = await from.Links.CountAsync(cancellationToken) + await to.Links.CountAsync(cancellationToken);
            var repaired = await ShowProgressAsync("Compared", total, progress => new Verification(from, to).RunAsync(progress, cancellationToken));
            Console.WriteLine($"Pass {pass}: {repaired:N0} links differed{(repaired > 0 ? ", and were made the same" : "")}.");
            if (repaired == 0) return;
        }

        throw new CommandException($"After {MostPasses} comparisons the stores still differ: does every server have Terse:Migration:To?");
    }

    private static Task<IHost> OpenAsync(Dictionary<string, string?> settings, string name, bool mayCreate, CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in StoreName.ToSettings(name)) all[key] = value;
        return Stores.OpenAsync(all, mayCreate, static _ => { }, cancellationToken);
    }

    private static IDisposable Hold(Dictionary<string, string?> settings, string from)
    {
        var all = new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in StoreName.ToSettings(from)) all[key] = value;
        return Stores.Hold(all, "Or move while it runs: start it with Terse:Migration:To, and name it with --server URL --api-key KEY.");
    }

    // Connection strings have passwords.
    private static string Fingerprint(string from, string to) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{from}\n{to}")));

    private static Task<T> ShowProgressAsync<T>(string verb, long total, Func<IProgress<long>, Task<T>> work) => AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
        .StartAsync(async context =>
        {
            var task = context.AddTask($"{verb} 0 links", maxValue: Math.Max(1, total));
            var result = await work(new Counting(task, verb));
            task.Value = task.MaxValue;
            return result;
        });

    private sealed class Counting(ProgressTask task, string verb) : IProgress<long>
    {
        public void Report(long value)
        {
            task.Value = value;
            task.Description = $"{verb} {value:N0} links";
        }
    }
}

using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Terse.Auditing;
using Terse.Hosting;

namespace Terse.Clicks;

/// <summary><c>terse dead-letters list|show|replay|discard</c>: works on the queue directly, beside a running server too.</summary>
internal static class DeadLettersCommand
{
    public static Command Create() =>
        new("dead-letters", "Look at clicks that could not be counted, replay or discard them.") { ListLetters(), Show(), Each("replay", "Have it worked off again by the server.", Replay), Each("discard", "Destroy it: the click is never counted.", Discard) };

    private static Command ListLetters()
    {
        var command = new Command("list", "List all dead letters.");
        command.SetAction((parsed, cancellationToken) => WithQueueAsync(parsed, async (_, desk) =>
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("Id").NoWrap()).AddColumns("Set aside", "Tries", "Link", "Reason");
            await foreach (var letter in desk.ListAllAsync(cancellationToken))
            {
                var shown = DeadLetterResponse.From(letter);
                table.AddRow(
                    shown.Id, $"{shown.SetAsideAt:yyyy-MM-dd HH:mm}", shown.Attempts.ToString(CultureInfo.InvariantCulture),
                    Markup.Escape(shown.Click?.Code ?? "?"), Markup.Escape(shown.Reason));
            }
            if (table.Rows.Count == 0) Console.WriteLine("There are no dead letters.");
            else AnsiConsole.Write(table);
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("id") { Description = "Its id, as terse dead-letters list shows it." };
        var command = new Command("show", "Show all that a dead letter holds.") { id };
        command.SetAction((parsed, cancellationToken) => WithQueueAsync(parsed, async (queue, _) =>
        {
            var named = parsed.GetRequiredValue(id);
            var shown = DeadLetterResponse.From(await queue.FindDeadLetterAsync(named, cancellationToken) ?? throw Missing(named));
            Console.WriteLine($"""
                Id          {shown.Id}
                Reason      {shown.Reason}
                Tries       {shown.Attempts}
                Set aside   {shown.SetAsideAt:O}
                """);
            if (shown.Click is { } click)
            {
                Console.WriteLine($"""
                    Visit       {click.Kind} {click.Code}{click.Query} at {click.At:O}
                    User agent  {click.UserAgent}
                    Referrer    {click.Referrer}
                    Languages   {click.AcceptLanguage}
                    """);
            }
            Console.WriteLine($"Body        {shown.Body}");
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Each(string name, string description, Func<DeadLetterDesk, string, CancellationToken, Task> work)
    {
        var id = new Argument<string?>("id") { Description = "Its id, as terse dead-letters list shows it.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "All there are." };
        var command = new Command(name, description) { id, all };
        command.SetAction((parsed, cancellationToken) => WithQueueAsync(parsed, async (_, desk) =>
        {
            var named = parsed.GetValue(id);
            if (parsed.GetValue(all) == named is not null) throw new CommandException("Name one dead letter, or give --all.");
            if (named is not null)
            {
                await work(desk, named, cancellationToken);
                return 0;
            }
            await foreach (var letter in desk.ListAllAsync(cancellationToken)) await work(desk, letter.Id, cancellationToken);
            return 0;
        }, cancellationToken));
        return command;
    }

    private static async Task Replay(DeadLetterDesk desk, string id, CancellationToken cancellationToken)
    {
        if (!await desk.ReplayAsync(id, Actors.CommandLine, cancellationToken)) throw Missing(id);
        Console.WriteLine($"{id} will be worked off again, by the server if it runs, else when it starts.");
    }

    private static async Task Discard(DeadLetterDesk desk, string id, CancellationToken cancellationToken)
    {
        if (!await desk.DiscardAsync(id, Actors.CommandLine, cancellationToken)) throw Missing(id);
        Console.WriteLine($"{id} is gone.");
    }

    private static CommandException Missing(string id) => new($"No dead letter has the id {id}. See: terse dead-letters list");

    private static Task<int> WithQueueAsync(ParseResult parsed, Func<IClickQueue, DeadLetterDesk, Task<int>> verb, CancellationToken cancellationToken) =>
        CommandFailure.ReportAsync(async () =>
        {
            using var host = await Stores.OpenAsync(CommonOptions.ToSettings(parsed), mayCreate: false, static services => services.AddAuditLog().AddDeadLetters(), cancellationToken);
            var exitCode = await verb(host.Services.GetRequiredService<IClickQueue>(), host.Services.GetRequiredService<DeadLetterDesk>());
            await host.StopAsync(cancellationToken);
            return exitCode;
        });
}

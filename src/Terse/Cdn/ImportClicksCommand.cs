using System.CommandLine;
using System.Threading.Channels;
using Terse.Hosting;

namespace Terse.Cdn;

/// <summary><c>terse import-clicks</c>: counts the visits that an edge cache answered by itself, from its log.</summary>
internal static class ImportClicksCommand
{
    private const int MostShown = 10;

    private static readonly Argument<string> Log = new("file") { Description = "The log, a JSON object a line; - for standard input, such as the output of varnishncsa." };

    private static readonly Option<bool> Follow = new("--follow") { Description = "Go on as the file grows, over its rotation too." };

    private static readonly Option<string> Server = new("--server") { Description = "A running server with the role Api. [default: http://localhost:5080]", HelpName = "URL", DefaultValueFactory = _ => "http://localhost:5080" };

    private static readonly Option<string?> ApiKey = new("--api-key") { Description = "An admin key of that server. [default: TERSE_API_KEY in the environment]", HelpName = "KEY" };

    public static Command Create()
    {
        var command = new Command("import-clicks", "Count the visits that a CDN or another cache answered, from its log.") { Log, Follow, Server, ApiKey };
        command.SetAction((parsed, cancellationToken) => CommandFailure.ReportAsync(async () =>
        {
            using var client = new EdgeLogClient(ServerAddress.Parse(parsed.GetRequiredValue(Server)), parsed.GetValue(ApiKey), TimeProvider.System);
            var (path, follow) = (parsed.GetRequiredValue(Log), parsed.GetValue(Follow));
            if (path != "-" && !File.Exists(path)) throw new CommandException($"There is no file {path}.");
            if (path == "-" && follow) throw new CommandException("Standard input is followed by itself: leave out --follow.");
            var sum = new Tally();
            do
            {
                await using var log = path == "-" ? Console.OpenStandardInput() : follow ? new GrowingFile(path, TimeProvider.System) : GrowingFile.Open(path);
                await CountAsync(log, client, sum, cancellationToken);
            }
            while (follow);
            Console.WriteLine($"Counted {sum.Counted:N0} visits; {sum.Before:N0} were counted before, {sum.Others:N0} lines are no visits that the cache answered, {sum.Refused:N0} cannot be counted.");
            return sum.Refused == 0 ? 0 : 2;
        }));
        return command;
    }

    // What comes while a request is under way goes with the next: one at a time under a trickle, thousands under a flood.
    private static async Task CountAsync(Stream log, EdgeLogClient client, Tally sum, CancellationToken cancellationToken)
    {
        var lines = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(EdgeLogEndpoints.MostVisits) { SingleReader = true, SingleWriter = true });
        var reading = ReadAsync();
        string? name = null;
        var counted = 0L;
        var batch = new List<EdgeVisit>();
        while (await lines.Reader.WaitToReadAsync(cancellationToken))
        {
            var (before, lastSeen) = (0L, 0L);
            while (batch.Count < EdgeLogEndpoints.MostVisits && lines.Reader.TryRead(out var line))
            {
                if (name is null)
                {
                    name = EdgeLogReader.NameOf(line.Text.Span);
                    counted = await client.ReadPositionAsync(name, cancellationToken);
                }
                lastSeen = line.Position;
                if (Read(line, sum) is not { } visit) continue;
                if (line.Position <= counted) before++;
                else batch.Add(visit);
            }

            sum.Before += before;
            if (batch.Count == 0) continue;
            var response = await client.CountAsync(name!, batch, cancellationToken);
            sum.Counted += response.Counted;
            sum.Before += batch.Count - response.Counted - response.Refused.Count;
            foreach (var refused in response.Refused) sum.Refuse(refused.Position, refused.Reason);
            batch.Clear();
        }
        await reading;

        async Task ReadAsync()
        {
            try
            {
                await foreach (var line in EdgeLogReader.ReadAsync(log, cancellationToken)) await lines.Writer.WriteAsync(line, cancellationToken);
                lines.Writer.Complete();
            }
            catch (Exception e)
            {
                lines.Writer.Complete(e is InvalidDataException ? new CommandException(e.Message) : e);
            }
        }
    }

    private static EdgeVisit? Read(LogLine line, Tally sum)
    {
        try
        {
            if (EdgeLogLine.Read(line.Text, line.Position) is { } visit) return visit;
            sum.Others++;
        }
        catch (FormatException e)
        {
            sum.Refuse(line.Position, e.Message);
        }
        return null;
    }

    private sealed class Tally
    {
        public long Counted { get; set; }

        public long Before { get; set; }

        public long Others { get; set; }

        public long Refused { get; private set; }

        public void Refuse(long position, string reason)
        {
            if (++Refused <= MostShown) Console.Error.WriteLine($"terse: The line that ends at byte {position} is not counted. {reason}");
        }
    }
}

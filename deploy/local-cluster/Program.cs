using System.CommandLine;
using System.Runtime.InteropServices;
using Terse.Cluster;

var links = new Option<string>("--links") { DefaultValueFactory = _ => "PostgreSql", Description = "Where links are: PostgreSql (a primary and a streaming replica) or DynamoDb (dynalite, or the service that Terse__DynamoDb__ServiceUrl names)." };
links.AcceptOnlyFromAmong("PostgreSql", "DynamoDb");
var port = new Option<int>("--port") { DefaultValueFactory = _ => 8080, Description = "The gateway's port on loopback; 0 for a free one." };
var command = new RootCommand("Starts a fleet of rung 4 on loopback, prints its addresses, and stops all of it on Ctrl-C.") { links, port };
command.SetAction(async (parsed, cancellationToken) =>
{
    using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    await using var fleet = new Fleet();
    try
    {
        await fleet.StartAsync(parsed.GetValue(links)!, parsed.GetValue(port), stop.Token);
        Console.WriteLine(fleet.Describe());
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        // Told to stop, while it started or later: what there is so far is ended below.
    }
    catch (InvalidOperationException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 1;
    }

    Console.WriteLine("Stopping ...");
    return 0;

    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
});
// Signals are ours to handle: stopping takes longer than the command line would wait.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

using System.CommandLine;
using System.Runtime.InteropServices;
using Terse.Cluster;

var links = new Option<string>("--links") { DefaultValueFactory = _ => "PostgreSql", Description = "Where links are: PostgreSql (a primary and a streaming replica) or DynamoDb (dynalite, or the service that Terse__DynamoDb__ServiceUrl names)." };
links.AcceptOnlyFromAmong("PostgreSql", "DynamoDb");
var port = new Option<int>("--port") { DefaultValueFactory = _ => 8080, Description = "The gateway's port on loopback; 0 for a free one." };
var command = new RootCommand("Starts a fleet of rung 4 on loopback, prints its addresses, and stops all of it on Ctrl-C.") { links, port };
command.SetAction(async (parsed, cancellationToken) =>
{
    var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    await using var fleet = new Fleet();
    try
    {
        var starting = fleet.StartAsync(parsed.GetValue(links)!, parsed.GetValue(port));
        if (await Task.WhenAny(starting, stopped.Task) == starting)
        {
            await starting;
            Console.WriteLine(fleet.Describe());
            await stopped.Task;
        }
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
        stopped.TrySetResult();
    }
});
// Signals are ours to handle: stopping takes longer than the command line would wait.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

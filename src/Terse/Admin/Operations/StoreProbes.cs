using Microsoft.Extensions.Options;
using Terse.Clicks;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;
using Terse.Redirects;

namespace Terse.Admin.Operations;

/// <summary>Asks every store and broker that this node uses for something small, all at once, and waits for none of them longer than <see cref="Patience"/>.</summary>
internal sealed class StoreProbes(IServiceProvider services, IOptions<StoresOptions> options, TimeProvider time)
{
    public const string ClickQueue = "Click queue";
    private const string Probe = "health";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly ShortCode Code = ShortCode.Parse(Probe);

    public Task<StoreAnswer[]> AskAsync(CancellationToken cancellationToken)
    {
        var stores = options.Value;
        var asked = new List<Task<StoreAnswer>>();
        if (services.GetService<ILinkStore>() is { } links)
            Ask("Links", Engine(stores.Links), "Redirects that the caches have go on; the others, and every change, wait for it.", () => links.FindAsync(Code, cancellationToken).AsTask());
        if (services.GetService<ReadL2>() is { } readL2)
            Ask("L2", "Redis", "Redirects go on: what L1 does not have is read from the link store.", () => readL2(Code, false).AsTask());
        if (services.GetService<IClickQueue>() is { } queue)
            Ask(ClickQueue, stores.Queue == "Nats" ? "NATS JetStream" : "the click log of this node", "Redirects go on; clicks wait in the log of each node until it is back.", () => queue.ReadDepthAsync(cancellationToken).AsTask());
        if (services.GetService<IClickStore>() is { } clicks)
            Ask("Clicks", Engine(stores.Clicks), "Redirects go on; clicks wait in the queue, and there are no statistics.", () => clicks.ReadWatermarkAsync(Probe, cancellationToken).AsTask());
        return Task.WhenAll(asked);

        void Ask(string name, string engine, string without, Func<Task> ask) => asked.Add(AskAsync(new(name, engine, TimeSpan.Zero, null), without, ask, cancellationToken));
    }

    private async Task<StoreAnswer> AskAsync(StoreAnswer of, string without, Func<Task> ask, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            await ask().WaitAsync(Patience, time, cancellationToken);
            return of with { Took = time.GetElapsedTime(started) };
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // What it fails with is its adapter's own, and in the log: here it is away.
            return of with { Took = time.GetElapsedTime(started), Without = without };
        }
    }

    private static string Engine(string option) => option switch { "Sqlite" => "SQLite", "PostgreSql" => "PostgreSQL", "DynamoDb" => "DynamoDB API", "DuckDb" => "DuckDB", _ => option };
}

/// <param name="Without">What happens while it is away; null when it answered.</param>
internal sealed record StoreAnswer(string Name, string Engine, TimeSpan Took, string? Without);

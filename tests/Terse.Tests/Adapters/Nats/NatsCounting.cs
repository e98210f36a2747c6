using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Terse.Adapters.DuckDb;
using Terse.Adapters.Nats;
using Terse.Clicks;
using Terse.Clicks.Enrichment;
using Terse.Clicks.Log;
using Terse.Codes;

namespace Terse.Tests.Adapters.Nats;

/// <summary>Workers that take one stream's clicks off into one store, each with settings of its own.</summary>
internal sealed class NatsCounting : IAsyncDisposable
{
    private readonly string _stream;
    private readonly string _directory = Directory.CreateTempSubdirectory("terse-clicks-").FullName;
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly GeoDatabase _places = new(Options.Create(new EnrichmentOptions()), TimeProvider.System, NullLogger<GeoDatabase>.Instance);
    private readonly DuckDbDatabase _database;
    private readonly DuckDbClickStore _store;
    private readonly List<(ClickWorker Worker, NatsStreams Streams)> _workers = [];

    public NatsCounting(string stream)
    {
        _stream = stream;
        var options = Options.Create(new DuckDbOptions { DataDirectory = _directory });
        _database = new DuckDbDatabase(options);
        _store = new DuckDbClickStore(_database, options);
    }

    public async Task StartWorkerAsync(int partitions)
    {
        var streams = await NatsNode.ConnectAsync(_stream, partitions);
        var options = Options.Create(new RecordingOptions { Directory = _directory, Linger = TimeSpan.Zero });
        var worker = new ClickWorker(
            new NatsClickQueue(streams, NullLogger<NatsClickQueue>.Instance), _store, new ClickEnricher(_places, new UserAgents()), [],
            new ClickMetrics(_meters.GetRequiredService<IMeterFactory>(), new ClickLog(options)), options, TimeProvider.System, Random.Shared, NullLogger<ClickWorker>.Instance);
        _workers.Add((worker, streams));
        await worker.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>How often each was counted.</summary>
    public async Task<Dictionary<string, long>> CountAsync(IReadOnlyList<string> codes)
    {
        var totals = await _store.ReadTotalsAsync([.. codes.Select(ShortCode.Parse)], TestContext.Current.CancellationToken);
        return codes.ToDictionary(code => code, code => totals.GetValueOrDefault(ShortCode.Parse(code)).Clicks);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (worker, streams) in _workers)
        {
            await worker.StopAsync(TestContext.Current.CancellationToken);
            worker.Dispose();
            await streams.DisposeAsync();
        }
        _database.Dispose();
        _places.Dispose();
        await _meters.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

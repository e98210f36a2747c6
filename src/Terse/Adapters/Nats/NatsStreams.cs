using Microsoft.Extensions.Options;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Terse.Links;

namespace Terse.Adapters.Nats;

/// <summary>The connection, and the two streams on it: made when first needed, and asked for again after every failure.</summary>
internal sealed class NatsStreams : IAsyncDisposable
{
    /// <summary>What the servers answer when a message is not there.</summary>
    public const int NotFound = 404;

    private static readonly TimeSpan HearAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    private readonly NatsOptions _options;
    private readonly ClickSubjects _clicks;
    private readonly TimeProvider _time;
    private readonly NatsConnection _connection;
    private readonly NatsJSContext _context;
    private volatile bool _ready;
    private volatile int _partitions;

    public NatsStreams(IOptions<NatsOptions> options, TimeProvider time)
    {
        (_options, _time) = (options.Value, time);
        (_clicks, _partitions) = (new ClickSubjects(_options), _options.Partitions);
        _connection = new NatsConnection(new NatsOpts
        {
            Url = _options.Url,
            Name = "terse",
            RequestTimeout = RequestTimeout,
            CommandTimeout = RequestTimeout,
            ReconnectWaitMin = TimeSpan.FromMilliseconds(100),
            ReconnectWaitMax = TimeSpan.FromSeconds(2),
            RetryOnInitialConnect = true,

            // A node that counts and shows needs no server to hear its own clicks.
            Echo = false,
        });
        _context = new NatsJSContext(_connection, new NatsJSOpts(_connection.Opts, requestTimeout: RequestTimeout));
    }

    /// <summary>Where clicks of a source are published.</summary>
    public string Clicks(string source) => _clicks.Of(source);

    /// <summary>Where a dead letter is published.</summary>
    public string Dead(string id) => $"{_options.Stream}.dead.{id}";

    /// <summary>Where workers tell of the clicks that they wrote.</summary>
    public string Live => $"{_options.Stream}.live";

    /// <summary>Where nodes say that somebody watches.</summary>
    public string Watch => $"{_options.Stream}.watch";

    /// <summary>The id in such a subject.</summary>
    public string IdOf(string subject) => subject[(_options.Stream.Length + ".dead.".Length)..];

    /// <summary>Publishes and waits until the servers have it. Published twice with one id within two minutes, they have it once.</summary>
    /// <exception cref="StoreUnavailableException">They do not answer, or the stream is full. They may have it all the same.</exception>
    public Task PublishAsync(string subject, ReadOnlyMemory<byte> body, string? messageId, CancellationToken cancellationToken) => AskAsync(
        async context =>
        {
            var answer = await context.PublishAsync(
                subject, body, opts: new NatsJSPubOpts { MsgId = messageId, RetryAttempts = 1 }, cancellationToken: cancellationToken);

            // What they have under this id already was published before, and its confirmation lost.
            if (!answer.Duplicate) answer.EnsureSuccess();
            return answer.Seq;
        },
        cancellationToken);

    public Task<INatsJSConsumer> ConsumerAsync(int partition, CancellationToken cancellationToken) =>
        AskAsync(async context => await context.GetConsumerAsync(_options.Stream, ClickSubjects.Consumer(partition), cancellationToken), cancellationToken);

    /// <summary>How many messages of a partition the stream holds.</summary>
    public Task<long> CountMessagesAsync(int partition, CancellationToken cancellationToken) => AskAsync(
        async context =>
        {
            var stream = await context.GetStreamAsync(_options.Stream, new StreamInfoRequest { SubjectsFilter = _clicks.In(partition) }, cancellationToken);
            return stream.Info.State.Subjects?.Values.Sum() ?? 0;
        },
        cancellationToken);

    /// <summary>Delivers all of a partition from its first message on, whatever was acknowledged.</summary>
    public Task<bool> RemakeConsumerAsync(int partition, CancellationToken cancellationToken) => AskAsync(
        async context =>
        {
            await context.DeleteConsumerAsync(_options.Stream, ClickSubjects.Consumer(partition), cancellationToken);
            await MakeConsumerAsync(partition, cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>Those of this process and those that another with a larger number has made: as long as there are any, somebody must take their messages.</summary>
    public Task<int> CountPartitionsAsync(CancellationToken cancellationToken) => AskAsync(
        async context =>
        {
            await foreach (var name in context.ListConsumerNamesAsync(_options.Stream, cancellationToken))
                if (ClickSubjects.PartitionOfConsumer(name) is { } partition && partition >= _partitions) _partitions = partition + 1;
            return _partitions;
        },
        cancellationToken);

    /// <summary>A subject of another partition than today's under which clicks of a source still wait to be counted.</summary>
    public Task<string?> FindElsewhereAsync(string source, CancellationToken cancellationToken) => AskAsync(
        async context =>
        {
            var stream = await context.GetStreamAsync(_options.Stream, new StreamInfoRequest { SubjectsFilter = _clicks.OfEver(source) }, cancellationToken);
            foreach (var subject in stream.Info.State.Subjects?.Keys ?? Enumerable.Empty<string>())
                if (subject != Clicks(source) && await WaitsAsync(context, stream, subject, cancellationToken)) return subject;
            return null;
        },
        cancellationToken);

    public Task<INatsJSStream> ClickStreamAsync(CancellationToken cancellationToken) =>
        AskAsync(async context => await context.GetStreamAsync(_options.Stream, cancellationToken: cancellationToken), cancellationToken);

    public Task<INatsJSStream> DeadStreamAsync(CancellationToken cancellationToken, bool withSubjects = false) => AskAsync(
        async context => await context.GetStreamAsync(
            DeadStream, withSubjects ? new StreamInfoRequest { SubjectsFilter = ">" } : null, cancellationToken),
        cancellationToken);

    /// <summary>Sends a message to whoever hears it now; while the servers are away, to nobody.</summary>
    public async Task TellAsync(string subject, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (_connection.ConnectionState != NatsConnectionState.Open) return;
        try
        {
            await _connection.PublishAsync(subject, body, cancellationToken: cancellationToken);
        }
        catch (NatsException)
        {
        }
    }

    /// <summary>Calls <paramref name="heard"/> for every message, over all outages, until it is cancelled.</summary>
    public async Task HearAsync(string subject, Action<ReadOnlyMemory<byte>> heard, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var message in _connection.SubscribeAsync<ReadOnlyMemory<byte>>(subject, cancellationToken: cancellationToken)) heard(message.Data);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
            }
            catch (NatsException)
            {
                await Task.Delay(HearAgainAfter, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Asks the servers, once the streams are there; what fails there is the store being away.</summary>
    public async Task<T> AskAsync<T>(Func<NatsJSContext, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            if (!_ready) await MakeAsync(cancellationToken);
            return await ask(_context);
        }
        catch (Exception e) when (e is NatsException or OperationCanceledException or TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            _ready = false;
            throw new StoreUnavailableException($"The click queue on {_options.Stream} does not answer: {e.Message}", e);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private string DeadStream => $"{_options.Stream}_DEAD";

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        // A full stream refuses: what it would drop to make room has not been counted.
        await _context.CreateOrUpdateStreamAsync(
            new StreamConfig(_options.Stream, [_clicks.All])
            {
                Retention = StreamConfigRetention.Workqueue,
                Storage = StreamConfigStorage.File,
                Discard = StreamConfigDiscard.New,
                NumReplicas = _options.Replicas,
                MaxBytes = _options.StreamMebibytes * (1L << 20),
            },
            cancellationToken);
        await _context.CreateOrUpdateStreamAsync(
            new StreamConfig(DeadStream, [Dead("*")]) { Storage = StreamConfigStorage.File, MaxMsgsPerSubject = 1, NumReplicas = _options.Replicas },
            cancellationToken);

        for (var partition = 0; partition < _partitions; partition++) await MakeConsumerAsync(partition, cancellationToken);
        _ready = true;
    }

    // What the stream holds need not wait: the kill of an only server may bring back what was acknowledged.
    private async Task<bool> WaitsAsync(NatsJSContext context, INatsJSStream stream, string subject, CancellationToken cancellationToken)
    {
        var consumer = (await context.GetConsumerAsync(_options.Stream, ClickSubjects.Consumer(ClickSubjects.PartitionIn(subject)), cancellationToken)).Info;
        var done = consumer.NumAckPending > 0 ? consumer.AckFloor : consumer.Delivered;
        try
        {
            return (await stream.GetAsync(new StreamMsgGetRequest { LastBySubj = subject }, cancellationToken)).Message.Seq > done.StreamSeq;
        }
        catch (NatsJSApiException e) when (e.Error.Code == NotFound)
        {
            return false;
        }
    }

    // One delivery of a partition out at a time keeps the order of each source, on which counting once rests.
    private ValueTask<INatsJSConsumer> MakeConsumerAsync(int partition, CancellationToken cancellationToken) => _context.CreateOrUpdateConsumerAsync(
        _options.Stream,
        new ConsumerConfig(ClickSubjects.Consumer(partition))
        {
            FilterSubject = _clicks.In(partition),
            AckPolicy = ConsumerConfigAckPolicy.Explicit,
            AckWait = _options.Lease,
            MaxAckPending = 1,
            MaxDeliver = -1,
        },
        cancellationToken);
}

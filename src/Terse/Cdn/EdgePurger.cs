using Microsoft.Extensions.Options;
using Terse.Links;
using Terse.Redirects;

namespace Terse.Cdn;

/// <summary>
/// Tells the caches at the edge of every change of a link that they may have kept, behind the change and never in its way. Each cache has its own queue, so
/// that one that is away holds up no other.
/// 1. Take what is due. 2. Send it. 3. Send it again later: an answer that was on its way, or a node that had not yet heard of the change, may have put the
/// old redirect back. 4. What a cache does not take is tried again, until it has let go of it by itself.
/// </summary>
internal sealed partial class EdgePurger : BackgroundService, ILinkChangeListener
{
    /// <summary>Long enough for answers on their way, and for the backplane's word to other nodes.</summary>
    public static readonly TimeSpan FirstRepeat = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan ShortestBackoff = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private readonly (EdgeCache Cache, PurgeQueue Queue)[] _caches;
    private readonly HttpClient _http;
    private readonly TimeSpan _l1Ttl;
    private readonly CdnMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<EdgePurger> _logger;
    private volatile bool _dropping;

    public EdgePurger(IOptions<CdnOptions> options, IOptions<RedirectOptions> redirects, CdnMetrics metrics, TimeProvider time, ILogger<EdgePurger> logger)
    {
        (_l1Ttl, _metrics, _time, _logger) = (redirects.Value.L1Ttl, metrics, time, logger);
        _caches = [.. EdgeCache.Of(options.Value).Select(cache => (cache, new PurgeQueue(time)))];
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1), ActivityHeadersPropagator = null })
        {
            Timeout = options.Value.Timeout,
        };
    }

    public void OnChanged(LinkChange change)
    {
        if (change.EdgeTtl <= TimeSpan.Zero || _caches.Length == 0) return;
        var now = _time.GetTimestamp();
        var until = now + Ticks(change.EdgeTtl + _l1Ttl);
        foreach (var (_, queue) in _caches)
        {
            if (queue.TryAdd(new Purge { Code = change.Code.Value, ChangedAt = now, DueAt = now, Until = until })) continue;
            _metrics.Dropped(1);
            if (_dropping) continue;
            _dropping = true;
            Log.Dropping(_logger);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var (_, queue) in _caches) queue.Complete();
        if (ExecuteTask is { } telling) await telling.WaitAsync(StopLimit, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_caches.Select(cache => TellAsync(cache.Cache, cache.Queue, stoppingToken)));

    private async Task TellAsync(EdgeCache cache, PurgeQueue queue, CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            // 1. Take
            var due = await queue.TakeAsync(cache.MostCodes, cancellationToken);
            if (due.Count == 0) return;
            var now = _time.GetTimestamp();
            _metrics.Dropped(due.RemoveAll(purge => purge.Until <= now));
            if (due.Count == 0) continue;

            // 2. Send
            var (error, retryAfter) = await TrySendAsync(cache, due, cancellationToken);
            if (error is null)
            {
                if (failures > 0) Log.Back(_logger, cache.Address.Authority);
                failures = 0;
                _dropping = false;
                Settle(queue, due);
                continue;
            }

            // 4. Try again
            if (failures++ == 0) Log.Away(_logger, cache.Address.Authority, error);
            _metrics.Failed();
            foreach (var purge in due) queue.PutBack(purge);
            if (queue.IsCompleted) return;
            await Task.Delay(retryAfter ?? Backoff(failures), _time, cancellationToken);
        }
    }

    private void Settle(PurgeQueue queue, List<Purge> sent)
    {
        var now = _time.GetTimestamp();
        foreach (var purge in sent)
        {
            if (purge.Sent == 0) _metrics.Purged(_time.GetElapsedTime(purge.ChangedAt, now));

            // 3. Again: soon, and once every L1 has let go of what it had.
            purge.Sent++;
            if (purge.Sent > 2 || queue.IsCompleted) continue;
            purge.DueAt = now + Ticks(purge.Sent == 1 ? FirstRepeat : _l1Ttl);
            queue.PutBack(purge);
        }
    }

    private async Task<(string? Error, TimeSpan? RetryAfter)> TrySendAsync(EdgeCache cache, List<Purge> purges, CancellationToken cancellationToken)
    {
        try
        {
            using var request = cache.Request([.. purges.Select(static purge => purge.Code)]);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

            // nginx and Squid say 404 or 412 of what they do not have.
            return response.IsSuccessStatusCode || (cache.MostCodes == 1 && (int)response.StatusCode is 404 or 412)
                ? (null, null)
                : ($"It answered {(int)response.StatusCode}.", response.Headers.RetryAfter?.Delta);
        }
        catch (HttpRequestException e)
        {
            return (e.Message, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ($"No answer within {_http.Timeout.TotalSeconds:0.#} s.", null);
        }
    }

    private static TimeSpan Backoff(int failures)
    {
        var backoff = ShortestBackoff * Math.Pow(2, Math.Min(failures, 10) - 1);
        return backoff < LongestBackoff ? backoff : LongestBackoff;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private static partial class Log
    {
        [LoggerMessage(1610, LogLevel.Warning, "The edge cache {Cache} cannot be told of changes; it is tried again. Until then it may answer with what it has: {Reason}")]
        public static partial void Away(ILogger logger, string cache, string reason);

        [LoggerMessage(1611, LogLevel.Information, "The edge cache {Cache} takes purges again")]
        public static partial void Back(ILogger logger, string cache);

        [LoggerMessage(1612, LogLevel.Warning, "Edge caches are not told of some changes: too many wait already. They answer with what they have until it ends")]
        public static partial void Dropping(ILogger logger);
    }
}

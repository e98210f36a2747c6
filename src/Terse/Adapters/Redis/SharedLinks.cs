using System.Globalization;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Terse.Codes;
using Terse.Links;
using Terse.Redirects;

namespace Terse.Adapters.Redis;

/// <summary>
/// L2: links in Redis for all nodes. A value is put only over one that is not newer, decided in Redis by one script, and a change leaves at least
/// a tombstone with its version: a reader that was slow cannot put an old value over a new one. No negative entries: visitors choose which
/// codes are asked for, and would fill it.
/// </summary>
internal sealed partial class SharedLinks(
    RedisConnection redis, IOptions<RedirectOptions> options, BackplaneMetrics metrics, TimeProvider time, Random random, ILogger<SharedLinks> logger)
{
    /// <summary>How long a tombstone stays. No read of the store is under way for longer than a minute (Terse:Redirects:StoreTimeout).</summary>
    public static readonly TimeSpan TombstoneTtl = TimeSpan.FromMinutes(5);

    // KEYS: the link. ARGV: value, TTL in ms; then, if nodes are to be told, channel and message. Versions are milliseconds: exact as doubles.
    // What is older than L2 has is not told either: a node that missed the newer change would take it for news, and keep it.
    private const string PutScript = """
        local held = redis.call('GETRANGE', KEYS[1], 1, 8)
        local newer = #held == 8 and struct.unpack('>I8', held) > struct.unpack('>I8', string.sub(ARGV[1], 2, 9))
        if newer then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        if ARGV[3] then redis.call('PUBLISH', ARGV[3], ARGV[4]) end
        return 1
        """;

    private readonly int _copies = options.Value.HotKeys == RedirectOptions.HotInVirtualKeys ? options.Value.HotKeyCopies : 0;
    private readonly CommandFlags _hotReads = options.Value.HotKeys == RedirectOptions.HotOnReplicas ? CommandFlags.PreferReplica : CommandFlags.None;

    public async ValueTask<Link?> ReadAsync(ShortCode code, bool isHot)
    {
        var database = redis.Database ?? throw new RedisException("Redis is away.");
        if (isHot && _copies > 0) return await ReadCopyAsync(database, code);
        return LinkFormat.Read(code, await database.StringGetAsync(Key(code), isHot ? _hotReads : CommandFlags.None));
    }

    public void Offer(Link link)
    {
        if (!LinkFormat.MayShare(link) || redis.Database is not { } database || Ttl(link) is not { } ttl) return;
        _ = OfferAsync(database, Key(link.Code), LinkFormat.Write(link), ttl);
    }

    /// <summary>Puts what a change has made of a link, and has Redis tell all nodes, in one step. Every copy of a hot code is dealt with before that.</summary>
    /// <exception cref="RedisException">Redis is away: nothing, or not all of it, was done.</exception>
    public async Task ApplyAsync(LinkChange change, string channel, byte[] message)
    {
        var database = redis.Database ?? throw new RedisException("Redis is away.");
        if (change.Kind == LinkChangeKind.Created)
        {
            // L2 has nothing of it, and nobody may ever ask for it.
            await database.PublishAsync(RedisChannel.Literal(channel), message);
            return;
        }

        var (value, ttl) = change.Link is { } link && LinkFormat.MayShare(link) && Ttl(link) is { } left
            ? (LinkFormat.Write(link), left)
            : (LinkFormat.Tombstone(change.Version), TombstoneTtl);
        await Task.WhenAll(Enumerable.Range(1, _copies).Select(copy => PutAsync(database, CopyKey(change.Code, copy), value, ttl)));
        await PutAsync(database, Key(change.Code), value, ttl, channel, message);
    }

    /// <summary>A copy that was chosen by chance; if it is not there it is made from the link itself, for as long as that has left.</summary>
    private async Task<Link?> ReadCopyAsync(IDatabase database, ShortCode code)
    {
        var copy = CopyKey(code, random.Next(1, _copies + 1));
        if (LinkFormat.Read(code, await database.StringGetAsync(copy)) is { } found) return found;

        var origin = await database.StringGetWithExpiryAsync(Key(code));
        if (LinkFormat.Read(code, origin.Value) is not { } link) return null;
        if (origin.Expiry is { } left && left > TimeSpan.Zero) _ = OfferAsync(database, copy, origin.Value, left);
        return link;
    }

    private static Task<RedisResult> PutAsync(IDatabase database, RedisKey key, RedisValue value, TimeSpan ttl, params RedisValue[] announcement) =>
        database.ScriptEvaluateAsync(PutScript, [key], [value, Math.Max(1, (long)ttl.TotalMilliseconds), .. announcement]);

    /// <summary>Puts what may as well not be put.</summary>
    private async Task OfferAsync(IDatabase database, RedisKey key, RedisValue value, TimeSpan ttl)
    {
        try
        {
            await PutAsync(database, key, value, ttl);
        }
        catch (Exception exception) when (RedisFault.IsAway(exception))
        {
            metrics.PutFailed();
            Log.PutFailed(logger, exception.Message);
        }
    }

    /// <summary>How long L2 may keep the link, or null when it may not.</summary>
    private TimeSpan? Ttl(Link link)
    {
        var ttl = options.Value.L2Ttl * (1 - random.NextDouble() / 10);
        var left = link.EndsAt - time.GetUtcNow();
        return left <= TimeSpan.Zero ? null : left < ttl ? left : ttl;
    }

    private RedisKey Key(ShortCode code) => $"{redis.KeyPrefix}link:{code.Value}";

    // '#' is in no code.
    private RedisKey CopyKey(ShortCode code, int copy) => string.Create(CultureInfo.InvariantCulture, $"{redis.KeyPrefix}link:{code.Value}#{copy}");

    private static partial class Log
    {
        [LoggerMessage(2104, LogLevel.Debug, "A link was not put into L2: {Reason}")]
        public static partial void PutFailed(ILogger logger, string reason);
    }
}

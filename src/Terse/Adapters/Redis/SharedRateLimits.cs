using StackExchange.Redis;
using Terse.Links;
using Terse.RateLimiting;

namespace Terse.Adapters.Redis;

/// <summary>
/// Limits of the whole fleet: each request is one script in Redis, which reads, decides and counts in one step. The arithmetic is that of
/// <see cref="RateLimitState"/>, in whole numbers below 2^53, so that doubles are exact. A key ends when it has nothing left to remember.
/// </summary>
internal sealed class SharedRateLimits(RedisConnection redis) : IRateLimitStore
{
    // KEYS: the subject's state, and its log. ARGV: algorithm, now, limit, window, burst. Gives: allowed, remaining, retry, reset, delay.
    private const string TakeScript = """
        local state, log, algorithm = KEYS[1], KEYS[2], ARGV[1]
        local now, limit, window, burst = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
        local held = redis.call('HMGET', state, 'at', 'used')
        local at, used = tonumber(held[1]), tonumber(held[2]) or 0
        if at and at > now then now = at end
        local function ceil(a, b) return math.floor((a + b - 1) / b) end
        local allowed, remaining, retry, reset, delay = 0, 0, 0, 0, 0

        if algorithm == 'TokenBucket' or algorithm == 'LeakyBucket' then
          local capacity = burst * window
          if at then used = math.max(0, used - math.min(now - at, math.floor(capacity / limit) + 1) * limit) end
          local over = used + window - capacity
          if over > 0 then
            retry = ceil(over, limit)
          else
            allowed = 1
            if algorithm == 'LeakyBucket' then delay = ceil(used, limit) end
            used = used + window
            remaining = math.floor((capacity - used) / window)
          end
          reset = ceil(used, limit)
        elseif algorithm == 'SlidingLog' then
          local oldest = tonumber(redis.call('LINDEX', log, 0))
          while oldest and oldest <= now - window do
            redis.call('LPOP', log)
            oldest = tonumber(redis.call('LINDEX', log, 0))
          end
          local count = redis.call('LLEN', log)
          if count >= limit then
            retry = oldest + window - now
            reset = used + window - now
          else
            allowed, remaining, reset, used = 1, limit - count - 1, window, now
            redis.call('RPUSH', log, string.format('%.0f', now))
            redis.call('PEXPIRE', log, window + 60000)
          end
        else
          if not at or math.floor(at / window) ~= math.floor(now / window) then used = 0 end
          reset = window - now % window
          if used >= limit then
            retry = reset
          else
            allowed, used = 1, used + 1
            remaining = limit - used
          end
        end

        redis.call('HSET', state, 'at', string.format('%.0f', now), 'used', string.format('%.0f', used))
        redis.call('PEXPIRE', state, math.max(1, reset) + 60000)
        return { allowed, remaining, retry, reset, delay }
        """;

    public async ValueTask<RateLimitDecision> TakeAsync(RateLimitRule rule, string subject, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The braces keep both keys on one server of a Cluster.
        var key = $"{redis.KeyPrefix}limit:{{{rule.Name}:{subject}}}";
        try
        {
            var database = redis.Database ?? throw new RedisException("Redis is away.");
            var answer = (long[])(await database.ScriptEvaluateAsync(
                TakeScript,
                [key, key + ":log"],
                [rule.Algorithm.ToString(), now.ToUnixTimeMilliseconds(), rule.Limit, rule.WindowMilliseconds, rule.Burst]))!;
            return new RateLimitDecision(
                answer[0] == 1, answer[1], TimeSpan.FromMilliseconds(answer[2]), TimeSpan.FromMilliseconds(answer[3]), TimeSpan.FromMilliseconds(answer[4]));
        }
        catch (Exception exception) when (RedisFault.IsAway(exception))
        {
            throw new StoreUnavailableException($"The rate limits in Redis cannot be asked: {exception.Message}", exception);
        }
    }
}

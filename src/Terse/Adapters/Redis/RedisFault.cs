using StackExchange.Redis;

namespace Terse.Adapters.Redis;

internal static class RedisFault
{
    /// <summary>
    /// Whether Redis cannot answer now: it is gone, slow, loading, or failing over. The driver says the last as a command that a replica may not be
    /// given, by an exception of another family.
    /// </summary>
    public static bool IsAway(Exception exception) => exception is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException;
}

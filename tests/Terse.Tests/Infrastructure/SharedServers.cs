namespace Terse.Tests.Infrastructure;

// Each kind has one server that all tests of this assembly share: never kill, flush or reconfigure it. Tests keep apart by database, table names,
// key prefix, stream and subject names (Servers.NewName). A class for each, since static extensions of one name may not stand in one class.

internal static class SharedRedisServer
{
    extension(RedisServer)
    {
        public static async Task<RedisServer> SharedAsync() => await (await Servers.CurrentAsync()).Redis.Value;
    }
}

internal static class SharedNatsServer
{
    extension(NatsServer)
    {
        public static async Task<NatsServer> SharedAsync() => await (await Servers.CurrentAsync()).Nats.Value;
    }
}

internal static class SharedPostgreSqlServer
{
    extension(PostgreSqlServer)
    {
        public static async Task<PostgreSqlServer> SharedAsync() => await (await Servers.CurrentAsync()).PostgreSql.Value;
    }
}

internal static class SharedDynaliteServer
{
    extension(DynaliteServer)
    {
        public static async Task<DynaliteServer> SharedAsync() => await (await Servers.CurrentAsync()).Dynalite.Value;
    }
}

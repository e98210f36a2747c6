using System.Globalization;
using Terse.Tests.Infrastructure;

[assembly: AssemblyFixture(typeof(Servers))]

namespace Terse.Tests.Infrastructure;

/// <summary>The servers that all tests of this assembly share, each started when the first test asks for it, and all ended after the last test.</summary>
internal sealed class Servers : IAsyncDisposable
{
    public Lazy<Task<NatsServer>> Nats { get; } = new(NatsServer.StartAsync);

    public Lazy<Task<RedisServer>> Redis { get; } = new(() => RedisServer.StartAsync());

    public Lazy<Task<PostgreSqlServer>> PostgreSql { get; } = new(() => PostgreSqlServer.StartAsync());

    public Lazy<Task<DynaliteServer>> Dynalite { get; } = new(DynaliteServer.StartAsync);

    public static async Task<Servers> CurrentAsync() =>
        await TestContext.Current.GetFixture<Servers>() ?? throw new InvalidOperationException("Shared servers are there while tests run, not before.");

    /// <summary>A name that no other test has: for a database, table, stream, key prefix or channel. Lower-case letters and digits, a letter first.</summary>
    public static string NewName() => "t" + Guid.NewGuid().ToString("n", CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await EndAsync(Nats);
        await EndAsync(Redis);
        await EndAsync(PostgreSql);
        await EndAsync(Dynalite);
    }

    private static async Task EndAsync<T>(Lazy<Task<T>> server)
        where T : IAsyncDisposable
    {
        if (server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await server.Value).DisposeAsync();
    }
}

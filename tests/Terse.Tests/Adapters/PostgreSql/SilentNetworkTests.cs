using Npgsql;
using Terse.Adapters.PostgreSql;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.PostgreSql;

/// <summary>A network to PostgreSQL that takes everything and answers nothing.</summary>
[NeedsServers]
public sealed class SilentNetworkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Redirects give up on a read after seconds; what gives up is a timer, on a thread that all others need too.</summary>
    [Fact]
    public async Task Giving_up_on_a_read_holds_nobody_up()
    {
        await using var databases = new PostgreSqlDatabases();
        var settings = new NpgsqlConnectionStringBuilder(await (await PostgreSqlServer.SharedAsync()).CreateDatabaseAsync());
        using var network = new TcpProxy(settings.Port);
        // Without the reset that a connection of the pool sends first: while that is unanswered, the driver cancels nothing.
        (settings.Port, settings.NoResetOnClose) = (network.Port, true);
        var (_, _, links) = databases.Open(new PostgreSqlOptions { ConnectionString = settings.ConnectionString }, TimeProvider.System);
        var link = ALink.Of("known");
        await links.AddAsync(link, Cancellation);
        Assert.NotNull(await links.FindNearbyAsync(link.Code, 0, Cancellation));
        using var givingUp = new CancellationTokenSource();

        network.Silence();
        var reading = links.FindNearbyAsync(link.Code, 0, givingUp.Token).AsTask();
        var givenUp = Task.Run(givingUp.Cancel, Cancellation);

        await givenUp.WaitAsync(Patience, Cancellation);
        await network.MendAsync();
        Assert.Equal(link.Destination, (await reading)!.Destination);
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Terse.Adapters.DynamoDb;
using Terse.Links;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Adapters.DynamoDb;

/// <summary>
/// Tables that no other test has, in dynalite; or at the endpoint that <c>Terse__DynamoDb__ServiceUrl</c> names (DynamoDB Local, Alternator, or Amazon
/// with the keys, region and prefix from <c>Terse__DynamoDb__*</c>).
/// </summary>
internal sealed class DynamoDbTestTables : IDisposable
{
    private readonly string _prefix = Infrastructure.Servers.NewName() + "-";
    private readonly List<DynamoDbDatabase> _opened = [];

    public async ValueTask<DynamoDbDatabase> OpenAsync(Action<DynamoDbOptions>? configure = null)
    {
        var options = await OptionsAsync();
        configure?.Invoke(options);
        var database = new DynamoDbDatabase(Options.Create(options), new Random(1));
        _opened.Add(database);
        return database;
    }

    public async ValueTask<ILinkStore> OpenLinksAsync(Action<DynamoDbOptions>? configure = null, TimeProvider? time = null) =>
        Links(await OpenAsync(configure), time);

    public static ILinkStore Links(DynamoDbDatabase database, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        return new DynamoDbLinkStore(
            database, new LinkLists(database, time), new PlaceClock(time), new Random(1), time, NullLogger<DynamoDbLinkStore>.Instance);
    }

    public async ValueTask<DynamoDbOptions> OptionsAsync() => new()
    {
        ServiceUrl = Told("ServiceUrl") ?? (await DynaliteServer.SharedAsync()).Url,
        Region = Told("Region") ?? "us-east-1",
        AccessKey = Told("AccessKey") ?? "test",
        SecretKey = Told("SecretKey") ?? "test",
        TablePrefix = Told("TablePrefix") + _prefix,
        ListShards = 4,
        AttemptTimeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>What a whole server is told to work on these tables.</summary>
    public async ValueTask<Dictionary<string, string?>> SettingsAsync()
    {
        var options = await OptionsAsync();
        return new()
        {
            ["Terse:Stores:Links"] = "DynamoDb",
            ["Terse:DynamoDb:ServiceUrl"] = options.ServiceUrl,
            ["Terse:DynamoDb:Region"] = options.Region,
            ["Terse:DynamoDb:AccessKey"] = options.AccessKey,
            ["Terse:DynamoDb:SecretKey"] = options.SecretKey,
            ["Terse:DynamoDb:TablePrefix"] = options.TablePrefix,
            ["Terse:DynamoDb:ListShards"] = "4",
            ["Terse:DynamoDb:AttemptTimeout"] = "00:00:30",
        };
    }

    public void Dispose()
    {
        foreach (var database in _opened) database.Dispose();
    }

    private static string? Told(string name) => Environment.GetEnvironmentVariable("Terse__DynamoDb__" + name);
}

using Microsoft.Extensions.Options;
using Terse.Adapters.DuckDb;
using Terse.Adapters.DynamoDb;
using Terse.Adapters.LocalLog;
using Terse.Adapters.Nats;
using Terse.Adapters.PostgreSql;
using Terse.Adapters.Redis;
using Terse.Adapters.Sqlite;
using Terse.Clicks;
using Terse.Migration;

namespace Terse.Hosting;

/// <summary>Which engines stand behind the ports. The one place where slices and adapters meet.</summary>
internal static class Stores
{
    /// <param name="configuration">Decides which engines are composed: it must have all its sources by now.</param>
    public static IServiceCollection AddStores(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddCheckedOptions<StoresOptions>(StoresOptions.Section);
        services.AddLinkStores(configuration);
        var move = configuration.GetSection(MigrationOptions.Section).Get<MigrationOptions>() ?? new MigrationOptions();
        services.AddCheckedOptions<MigrationOptions>(MigrationOptions.Section);
        if (move.To.Length > 0)
        {
            services.AddSingleton(provider => new MoveTarget(OpenTarget(provider, configuration, move.To)));
            services.AddLiveMigration(
                static provider => provider.GetRequiredService<MoveTarget>().Stores,
                static provider => provider.GetRequiredService<IOptions<TerseOptions>>().Value.DataDirectory);
        }

        var stores = configuration.GetSection(StoresOptions.Section).Get<StoresOptions>() ?? new StoresOptions();
        _ = (stores.Journal.Length > 0 ? stores.Journal : stores.Links) switch
        {
            "DynamoDb" => services.AddDynamoDbJournal(),
            "PostgreSql" => services.AddPostgreSqlJournal(),
            _ => services.AddSqliteJournal().InDataDirectory<SqliteOptions>((sqlite, directory) => sqlite.DataDirectory = directory),
        };
        _ = stores.Clicks switch
        {
            "PostgreSql" => services.AddPostgreSqlClickStore(),
            _ => services.AddDuckDbClickStore().InDataDirectory<DuckDbOptions>((duckDb, directory) => duckDb.DataDirectory = directory),
        };
        services.AddClickLog().InDataDirectory<RecordingOptions>((clicks, directory) => clicks.Directory = Path.Combine(directory, "clicks"));
        return stores.Queue switch
        {
            "Nats" => services.AddNatsClickQueue(),
            _ => services.AddLocalClickQueue(),
        };
    }

    /// <summary>Brings what this process records to the queue, where that is not the click log itself.</summary>
    public static IServiceCollection AddClickPublisher(this IServiceCollection services, IConfiguration configuration) =>
        (configuration.GetSection(StoresOptions.Section).Get<StoresOptions>() ?? new StoresOptions()).Queue switch
        {
            "Nats" => services.AddNatsClickPublisher(),
            _ => services,
        };

    /// <summary>Brings the clicks that one process counts to the live streams of others, where the queue is shared.</summary>
    public static IServiceCollection AddLiveClicksOfOthers(this IServiceCollection services, IConfiguration configuration, NodeRoles roles)
    {
        if ((configuration.GetSection(StoresOptions.Section).Get<StoresOptions>() ?? new StoresOptions()).Queue != "Nats") return services;
        if (roles.Has(NodeRoles.Clicks)) services.AddNatsLiveSender();
        if (roles.Has(NodeRoles.Api | NodeRoles.Admin)) services.AddNatsLiveReceiver();
        return services;
    }

    /// <summary>Limits that are counted for a fleet, if the configuration asks for them, for a process that shares nothing else.</summary>
    public static IServiceCollection AddSharedLimits(this IServiceCollection services, IConfiguration configuration) => services.AddSharedRateLimits(configuration);

    /// <summary>Whether other nodes may write to the same link store with nothing to tell this one of it.</summary>
    public static bool OthersWriteUnheard(IConfiguration configuration) =>
        configuration[$"{StoresOptions.Section}:{nameof(StoresOptions.Links)}"] is { Length: > 0 } and not "Sqlite"
        && string.IsNullOrEmpty(configuration[$"{RedisOptions.Section}:{nameof(RedisOptions.Endpoints)}"]);

    private static IServiceCollection InDataDirectory<T>(this IServiceCollection services, Action<T, string> place)
        where T : class =>
        services.AddOptions<T>().PostConfigure<IOptions<TerseOptions>>((options, terse) => place(options, terse.Value.DataDirectory)).Services;

    private static IServiceCollection AddLinkStores(this IServiceCollection services, IConfiguration configuration)
    {
        // What is not legal is refused by the validation at the start, with the legal values.
        var stores = configuration.GetSection(StoresOptions.Section).Get<StoresOptions>() ?? new StoresOptions();
        return stores.Links switch
        {
            "DynamoDb" => services.AddDynamoDbStores(),
            "PostgreSql" => services.AddPostgreSqlStores(),
            _ => services.AddSqliteStores().InDataDirectory<SqliteOptions>((sqlite, directory) => sqlite.DataDirectory = directory),
        };
    }

    /// <summary>A second set of stores, with the settings of the first but for those that the name stands for.</summary>
    private static ServiceProvider OpenTarget(IServiceProvider program, IConfiguration configuration, string name)
    {
        var settings = new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection(StoreName.ToSettings(name)).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(settings);
        services.AddSingleton(program.GetRequiredService<ILoggerFactory>()).AddLogging();
        services.AddSingleton(program.GetRequiredService<TimeProvider>());
        services.AddCheckedOptions<TerseOptions>(TerseOptions.Section);
        return services.AddLinkStores(settings).BuildServiceProvider();
    }

    /// <summary>Holds the data directory that the settings name, so that no server starts on it meanwhile.</summary>
    /// <exception cref="CommandException">A server runs on it; <paramref name="otherwise"/> says what else can be done.</exception>
    public static IDisposable Hold(IReadOnlyDictionary<string, string?> settings, string otherwise)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        try
        {
            return DataDirectory.Hold(builder.AddTerseConfiguration(settings).DataDirectory);
        }
        catch (CommandException e)
        {
            throw new CommandException($"{e.Message} {otherwise}");
        }
    }

    /// <summary>The stores without the server, for the verbs that look into a data directory.</summary>
    /// <exception cref="CommandException">There is no data directory, and <paramref name="mayCreate"/> is false.</exception>
    public static async Task<IHost> OpenAsync(
        IReadOnlyDictionary<string, string?> settings, bool mayCreate, Action<IServiceCollection> configure, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        var terse = builder.AddTerseConfiguration(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var embedded = (builder.Configuration.GetSection(StoresOptions.Section).Get<StoresOptions>() ?? new StoresOptions()).Links == "Sqlite";
        if (mayCreate && embedded) DataDirectory.Ensure(terse.DataDirectory);
        else if (embedded && !Directory.Exists(terse.DataDirectory))
            throw new CommandException($"There is no data directory {terse.DataDirectory}. Name the right one with --data, or start the server first.");

        builder.Services.AddStores(builder.Configuration);
        configure(builder.Services);
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return host;
    }
}

using Npgsql;

namespace Terse.Adapters.PostgreSql;

/// <summary>Connection strings and the options beside them, put together.</summary>
internal static class PostgreSqlDataSources
{
    /// <summary>Connections that take writes, whichever of the hosts that is now.</summary>
    public static NpgsqlDataSource Primary(PostgreSqlOptions options)
    {
        var settings = Settings(options, options.ConnectionString, options.MaxConnections);
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        return settings.Host?.Contains(',') == true ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary) : builder.Build();
    }

    /// <summary>The replicas, each read alike; the primary, if it is among them, when no replica answers.</summary>
    public static NpgsqlDataSource Replicas(PostgreSqlOptions options)
    {
        var settings = Settings(options, options.ReadConnectionString, options.MaxReadConnections);
        settings.LoadBalanceHosts = true;
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).BuildMultiHost().WithTargetSession(TargetSessionAttributes.PreferStandby);
    }

    /// <summary>One connection to each of the replicas by itself, to see how far it is.</summary>
    public static IEnumerable<(string Server, NpgsqlDataSource Source)> EachReplica(PostgreSqlOptions options)
    {
        var settings = Settings(options, options.ReadConnectionString, 1);
        foreach (var name in settings.Host!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = name.LastIndexOf(':');
            var hasPort = colon > name.LastIndexOf(']') && int.TryParse(name.AsSpan(colon + 1), out _) && name.IndexOf(':') == colon;
            var host = hasPort ? name[..colon] : name;
            var port = hasPort ? int.Parse(name.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture) : settings.Port;
            var own = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Host = host, Port = port };
            yield return (PostgreSqlReplicas.Server(host, port), NpgsqlDataSource.Create(own));
        }
    }

    private static NpgsqlConnectionStringBuilder Settings(PostgreSqlOptions options, string connectionString, int connections)
    {
        var seconds = Math.Max(1, (int)options.CommandTimeout.TotalSeconds);
        return new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "terse",
            MaxPoolSize = connections,
            Timeout = seconds,
            CommandTimeout = seconds,
            MaxAutoPrepare = options.PreparedStatements,
            AutoPrepareMinUsages = 2,
        };
    }
}

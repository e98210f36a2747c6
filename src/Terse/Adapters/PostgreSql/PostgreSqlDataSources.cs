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

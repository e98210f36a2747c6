using System.ComponentModel.DataAnnotations;

namespace Terse.Adapters.PostgreSql;

/// <summary>Where PostgreSQL is, for every store that <c>Terse:Stores</c> puts there. Version 14 or later.</summary>
internal sealed class PostgreSqlOptions
{
    public const string Section = "Terse:PostgreSql";

    /// <summary>
    /// The primary, as an Npgsql connection string such as <c>Host=db.internal;Database=terse;Username=terse;Password=…</c>. Several hosts
    /// (<c>Host=a,b</c>) are tried for the one that takes writes. The user owns the schema: Terse makes and changes its tables itself.
    /// </summary>
    [Required(ErrorMessage = "Terse:PostgreSql:ConnectionString must be a connection string, such as Host=db.internal;Database=terse;Username=terse;Password=secret.")]
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Replicas to read links from, in one connection string (<c>Host=replica1,replica2;…</c>). Empty: everything is read from the primary.
    /// Name the primary here too, and it is read from when no replica answers.
    /// </summary>
    public string ReadConnectionString { get; set; } = "";

    /// <summary>
    /// What redirects read: <c>Eventual</c>, a replica that is at most <see cref="StalenessBound"/> behind (a link it does not have is asked
    /// of the primary); or <c>Strong</c>, the primary always. The API reads from the primary either way.
    /// </summary>
    [AllowedValues("Eventual", "Strong", ErrorMessage = "Terse:PostgreSql:Consistency must be Eventual or Strong.")]
    public string Consistency { get; set; } = "Eventual";

    /// <summary>How far behind the primary a replica may be and still be read, 1 second to 10 minutes. One that is further behind is passed over.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Terse:PostgreSql:StalenessBound must be 00:00:01 to 00:10:00.")]
    public TimeSpan StalenessBound { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections to the primary that this process opens at most, 1 to 1,000. All processes together stay below the server's <c>max_connections</c>.</summary>
    [Range(1, 1_000, ErrorMessage = "Terse:PostgreSql:MaxConnections must be 1 to 1000.")]
    public int MaxConnections { get; set; } = 30;

    /// <summary>The same for each replica.</summary>
    [Range(1, 1_000, ErrorMessage = "Terse:PostgreSql:MaxReadConnections must be 1 to 1000.")]
    public int MaxReadConnections { get; set; } = 30;

    /// <summary>How long one statement, or waiting for a free connection, may take before the store counts as unavailable. 1 second to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00", ErrorMessage = "Terse:PostgreSql:CommandTimeout must be 00:00:01 to 00:05:00.")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Statements that each connection keeps prepared, 0 to 1,000. 0 behind a pooler that does not keep sessions (PgBouncer before 1.21).</summary>
    [Range(0, 1_000, ErrorMessage = "Terse:PostgreSql:PreparedStatements must be 0 to 1000.")]
    public int PreparedStatements { get; set; } = 100;
}

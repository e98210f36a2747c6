using Npgsql;
using Terse.Links;

namespace Terse.Adapters.PostgreSql;

/// <summary>Turns the driver's exceptions into ours: what the surroundings cause is <see cref="StoreUnavailableException"/>, what a wrong statement causes stays as it is.</summary>
internal static class PostgreSqlFault
{
    /// <summary>Null when the fault is a defect of ours.</summary>
    public static StoreUnavailableException? Explain(Exception exception) => exception switch
    {
        PostgresException answer => Cause(answer.SqlState) is { } cause
            ? new StoreUnavailableException($"PostgreSQL {cause} ({answer.MessageText}, SQLSTATE {answer.SqlState}).", exception)
            : null,
        NpgsqlException { InnerException: TimeoutException } => new StoreUnavailableException($"PostgreSQL did not answer in time, or every connection is in use ({exception.Message}).", exception),
        NpgsqlException => new StoreUnavailableException($"PostgreSQL cannot be reached ({exception.InnerException?.Message ?? exception.Message}).", exception),
        System.Net.Sockets.SocketException => new StoreUnavailableException($"PostgreSQL cannot be reached ({exception.Message}).", exception),
        _ => null,
    };

    /// <summary>The statement was rolled back for another's sake, and may be tried again at once: deadlock, serialization.</summary>
    public static bool IsContention(Exception exception) => exception is PostgresException { SqlState: "40P01" or "40001" };

    private static string? Cause(string state) => (state, state[..2]) switch
    {
        ("25006", _) => "takes no writes here: name its primary in Terse:PostgreSql:ConnectionString",
        ("55P03" or "57014", _) => "was stopped by a lock or a time limit",
        ("3D000", _) => "has no such database: create it",
        (_, "28") => "refuses the user: check Terse:PostgreSql:ConnectionString",
        (_, "08") => "lost the connection",
        (_, "40") => "gave up on contention",
        (_, "53") => "is out of disk, memory or connections",
        (_, "57") => "is stopping or starting",
        (_, "58") => "got an error from its machine",
        (_, "XX") => "reports damage: look at its log",
        _ => null,
    };
}

using System.Diagnostics;
using System.Globalization;

namespace Terse.Servers;

/// <summary>
/// A PostgreSQL cluster of its own, in the C locale, with fsync off: it is killed and restarted by tests, but its machine never loses power.
/// Tests that share one keep apart by database: <see cref="CreateDatabaseAsync"/>.
/// </summary>
internal sealed class PostgreSqlServer(ServerProcess process) : IAsyncDisposable
{
    private const string User = "postgres";
    private static readonly TimeSpan RestartLimit = TimeSpan.FromMinutes(1);

    public int Port => process.Port;

    public ServerProcess Process => process;

    /// <summary>One of the caller's own, to kill, pause and restart; <paramref name="settings"/> are settings such as "max_connections=20".</summary>
    public static async Task<PostgreSqlServer> StartAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("terse-postgresql-").FullName;
        if (Environment.IsPrivilegedProcess) await ChildProcess.RunAsync("chown", User, folder);
        var initdb = AsUser("initdb", ["--pgdata", folder, "--username", User, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]);
        await ChildProcess.RunAsync(initdb[0], initdb[1..]);

        return await RunAsync(folder, settings);
    }

    /// <summary>A streaming replica of <paramref name="primary"/>: it has all that the primary had at the start, and follows it.</summary>
    public static async Task<PostgreSqlServer> StartReplicaAsync(PostgreSqlServer primary, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("terse-postgresql-").FullName;
        if (Environment.IsPrivilegedProcess) await ChildProcess.RunAsync("chown", User, folder);
        var copy = AsUser("pg_basebackup", [
            "--pgdata", folder, "--host", "127.0.0.1", "--port", primary.Port.ToString(CultureInfo.InvariantCulture), "--username", User,
            "--checkpoint", "fast", "--write-recovery-conf", "--wal-method", "stream", "--no-sync"]);
        await ChildProcess.RunAsync(copy[0], copy[1..]);
        return await RunAsync(folder, settings);
    }

    private static async Task<PostgreSqlServer> RunAsync(string folder, string[] settings)
    {
        string[] all = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=200", "log_min_messages=warning", .. settings];
        var server = AsUser("postgres", ["-D", folder, .. all.SelectMany(setting => new[] { "-c", setting })]);
        return new(await ServerProcess.StartAsync(
            server[0], (port, _) => [.. server[1..], "-p", port.ToString(CultureInfo.InvariantCulture)], "ready to accept", folder));
    }

    /// <summary>Makes an empty database of a new name.</summary>
    /// <returns>Its connection string for Npgsql.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = "t" + Guid.NewGuid().ToString("n", CultureInfo.InvariantCulture);
        await SqlAsync($"create database {name}");
        return ConnectionString(name);
    }

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={process.Port};Username={User};Database={database}";

    /// <summary>Runs one statement as the administrator and returns its rows, as psql prints them unaligned.</summary>
    public Task<string> SqlAsync(string statement, string database = "postgres") => ChildProcess.RunAsync(
        Find("psql"),
        "--host", "127.0.0.1", "--port", process.Port.ToString(CultureInfo.InvariantCulture), "--username", User, "--dbname", database,
        "--no-psqlrc", "--no-align", "--tuples-only", "--command", statement);

    public Task KillAsync() => process.KillAsync();

    /// <summary>A killed server's children hold on to its memory for a moment, and PostgreSQL does not start beside them.</summary>
    public async Task RestartAsync()
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                await process.RestartAsync();
                return;
            }
            catch (InvalidOperationException e) when (clock.Elapsed < RestartLimit && e.Message.Contains("still in use", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Immediate shutdown: unlike kill -9 of the first process, it takes the whole family along.
        process.Send(Signal.Quit);
        await process.ExitAsync();
        await process.DisposeAsync();
    }

    /// <summary>The command line that runs a PostgreSQL program; as root, under the user postgres, since it refuses root.</summary>
    private static string[] AsUser(string program, string[] arguments) => Environment.IsPrivilegedProcess
        ? [Programs.Find("setpriv"), "--reuid", User, "--regid", User, "--init-groups", "--", Find(program), .. arguments]
        : [Find(program), .. arguments];

    /// <summary>Debian keeps all but the clients out of PATH, in a folder for each version.</summary>
    private static string Find(string program)
    {
        const string Versions = "/usr/lib/postgresql";
        var folders = Directory.Exists(Versions) ? Directory.GetDirectories(Versions).Order(StringComparer.Ordinal).Reverse() : [];
        return Programs.Find(program, folders.Select(folder => Path.Combine(folder, "bin")));
    }
}

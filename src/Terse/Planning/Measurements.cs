using System.Text.Json;
using System.Text.Json.Serialization;
using Terse.Hosting;

namespace Terse.Planning;

/// <summary>One measured constant.</summary>
/// <param name="Value">In the unit that the property's name says.</param>
/// <param name="Date">The day of the measurement.</param>
/// <param name="Machine">What it was measured on.</param>
/// <param name="Source">The benchmark or test that gives it, and what to know of it.</param>
internal sealed record Measurement(double Value, DateOnly Date, string Machine, string Source);

/// <summary>
/// The constants of the model. The embedded file <c>measurements.json</c> has the figures of the last committed benchmark;
/// <c>terse plan --measure</c> replaces those that it can measure here.
/// </summary>
internal sealed record Measurements
{
    /// <summary>Processor time of a redirect node for one redirect that L1 answers, its click recorded, in microseconds of one core.</summary>
    public required Measurement RedirectCpuMicroseconds { get; init; }

    /// <summary>Processor time of a worker for one click, read, enriched and written to the embedded store, in microseconds of one core.</summary>
    public required Measurement ClickCpuMicroseconds { get; init; }

    /// <summary>Processor time of one redirect through the gateway, the gateway's share alone, in microseconds of one core.</summary>
    public required Measurement GatewayCpuMicroseconds { get; init; }

    /// <summary>Links per second that SQLite makes durable.</summary>
    public required Measurement EmbeddedCreatesPerSecond { get; init; }

    /// <summary>Point reads per second of SQLite on one core.</summary>
    public required Measurement EmbeddedReadsPerSecond { get; init; }

    public required Measurement PostgresCreatesPerSecond { get; init; }

    public required Measurement PostgresReadsPerSecond { get; init; }

    /// <summary>Click rows per second into PostgreSQL.</summary>
    public required Measurement PostgresClicksPerSecond { get; init; }

    public required Measurement RedisReadsPerSecond { get; init; }

    /// <summary>Clicks per second, not messages, that nodes ship into one stream of the queue: some 1,200 in a message.</summary>
    public required Measurement QueueStreamClicksPerSecond { get; init; }

    /// <summary>Clicks per second of one partition of a stream, received, enriched, written to PostgreSQL and acknowledged, one message after the other.</summary>
    public required Measurement QueuePartitionClicksPerSecond { get; init; }

    /// <summary>Processor time of a worker for one click taken off the queue, enriched and written to PostgreSQL, in microseconds of one core.</summary>
    public required Measurement QueueWorkerCpuMicroseconds { get; init; }

    /// <summary>Processor time of PostgreSQL for that click, in microseconds of one core.</summary>
    public required Measurement PostgresClickCpuMicroseconds { get; init; }

    /// <summary>Clicks per second into the embedded click store.</summary>
    public required Measurement EmbeddedClicksPerSecond { get; init; }

    /// <summary>Bytes of one link in SQLite, indexes included, with a destination of about 85 characters.</summary>
    public required Measurement BytesPerLink { get; init; }

    /// <summary>Bytes of one click in the embedded click store.</summary>
    public required Measurement BytesPerClick { get; init; }

    /// <summary>Bytes of one link in L1, with a destination of about 85 characters.</summary>
    public required Measurement CacheEntryBytes { get; init; }

    /// <summary>Bytes of one redirect's response, headers included.</summary>
    public required Measurement ResponseBytes { get; init; }

    /// <summary>All of them by name, in the order above.</summary>
    [JsonIgnore]
    public IEnumerable<(string Name, Measurement Measured)> All =>
    [
        (nameof(RedirectCpuMicroseconds), RedirectCpuMicroseconds), (nameof(ClickCpuMicroseconds), ClickCpuMicroseconds),
        (nameof(GatewayCpuMicroseconds), GatewayCpuMicroseconds),
        (nameof(EmbeddedCreatesPerSecond), EmbeddedCreatesPerSecond), (nameof(EmbeddedReadsPerSecond), EmbeddedReadsPerSecond),
        (nameof(PostgresCreatesPerSecond), PostgresCreatesPerSecond), (nameof(PostgresReadsPerSecond), PostgresReadsPerSecond),
        (nameof(PostgresClicksPerSecond), PostgresClicksPerSecond), (nameof(RedisReadsPerSecond), RedisReadsPerSecond),
        (nameof(QueueStreamClicksPerSecond), QueueStreamClicksPerSecond), (nameof(QueuePartitionClicksPerSecond), QueuePartitionClicksPerSecond),
        (nameof(QueueWorkerCpuMicroseconds), QueueWorkerCpuMicroseconds), (nameof(PostgresClickCpuMicroseconds), PostgresClickCpuMicroseconds),
        (nameof(EmbeddedClicksPerSecond), EmbeddedClicksPerSecond), (nameof(BytesPerLink), BytesPerLink), (nameof(BytesPerClick), BytesPerClick),
        (nameof(CacheEntryBytes), CacheEntryBytes), (nameof(ResponseBytes), ResponseBytes),
    ];

    /// <summary>The figures that were committed with this program.</summary>
    public static Measurements Committed()
    {
        using var file = typeof(Measurements).Assembly.GetManifestResourceStream("measurements.json")!;
        return JsonSerializer.Deserialize(file, PlanJson.Default.Measurements)!;
    }

    /// <exception cref="CommandException">The file cannot be read, or is not what <c>--save-constants</c> writes.</exception>
    public static Measurements Load(FileInfo file)
    {
        try
        {
            using var stream = file.OpenRead();
            var read = JsonSerializer.Deserialize(stream, PlanJson.Default.Measurements) ?? throw new JsonException("It is empty.");
            return read.All.FirstOrDefault(one => !(one.Measured.Value > 0)) is { Name: { } name }
                ? throw new CommandException($"{file.FullName}: {name} must be more than 0.")
                : read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandException($"{file.FullName} cannot be used as constants: {e.Message}");
        }
    }

    public void Save(FileInfo file)
    {
        try
        {
            File.WriteAllText(file.FullName, JsonSerializer.Serialize(this, PlanJson.Default.Measurements) + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file.FullName} cannot be written: {e.Message}");
        }
    }
}

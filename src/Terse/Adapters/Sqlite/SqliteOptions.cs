using System.ComponentModel.DataAnnotations;

namespace Terse.Adapters.Sqlite;

/// <summary>The embedded store: one file, <c>terse.db</c>, in the data directory.</summary>
public sealed class SqliteOptions
{
    public const string Section = "Terse:Sqlite";

    /// <summary>Where <c>terse.db</c> is; made if it is not there. The program sets it from <c>Terse:Data</c>.</summary>
    [Required(ErrorMessage = "Terse:Sqlite:DataDirectory must name a directory.")]
    public string DataDirectory { get; set; } = "./data";

    /// <summary>Page cache of the writer, in MiB, 1 to 65,536. Indexes that fit in it are changed without reading the file.</summary>
    [Range(1, 65_536, ErrorMessage = "Terse:Sqlite:WriterCacheMiB must be 1 to 65536.")]
    public int WriterCacheMiB { get; set; } = 64;

    /// <summary>How much of the file readers map into memory, in MiB, 0 (none) to 2,047. Mapped pages belong to the system's file cache.</summary>
    [Range(0, 2_047, ErrorMessage = "Terse:Sqlite:MemoryMapMiB must be 0 to 2047.")]
    public int MemoryMapMiB { get; set; } = 1_024;

    /// <summary>Rows that one commit may add, 1 to 10,000. More in one commit means more writes a second, and a longer wait for the first of them.</summary>
    [Range(1, 10_000, ErrorMessage = "Terse:Sqlite:BatchCap must be 1 to 10000.")]
    public int BatchCap { get; set; } = 1_000;

    /// <summary>Writes that may wait for the writer, 1 to 1,000,000; when as many wait, the next caller waits to get in line (backpressure), and nothing is dropped.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Terse:Sqlite:QueueCapacity must be 1 to 1000000.")]
    public int QueueCapacity { get; set; } = 4_096;

    /// <summary>
    /// The write-ahead log's size, in pages of 8 KiB, at which it is folded into the file, 100 to 1,000,000. A longer log folds the same index
    /// page once instead of many times; each folding holds up writes for as long as it takes to write it (32 MiB at the default).
    /// </summary>
    [Range(100, 1_000_000, ErrorMessage = "Terse:Sqlite:CheckpointPages must be 100 to 1000000.")]
    public int CheckpointPages { get; set; } = 4_000;

    /// <summary>How long to wait for another process (<c>terse export</c>, <c>terse keys</c>) that holds the write lock: 0 to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", ErrorMessage = "Terse:Sqlite:BusyTimeout must be 00:00:00 to 00:01:00.")]
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

using System.ComponentModel.DataAnnotations;

namespace Terse.Adapters.DuckDb;

/// <summary>The embedded click store: one file, <c>clicks.duckdb</c>, in the data directory. Only one process can open it.</summary>
internal sealed class DuckDbOptions
{
    public const string Section = "Terse:DuckDb";

    /// <summary>Where <c>clicks.duckdb</c> is; made if it is not there. The program sets it from <c>Terse:Data</c>.</summary>
    [Required(ErrorMessage = "Terse:DuckDb:DataDirectory must name a directory.")]
    public string DataDirectory { get; set; } = "./data";

    /// <summary>
    /// Memory that the engine may use for its pages and for queries, in MiB, 64 to 1,048,576; not set: a quarter of what the machine or the container has, 256 at least.
    /// Larger queries spill to the data directory. What is read again and again is fast while it fits: some 5 MiB for a million clicks.
    /// </summary>
    [Range(64, 1_048_576, ErrorMessage = "Terse:DuckDb:MemoryMiB must be 64 to 1048576.")]
    public int? MemoryMiB { get; set; }

    /// <summary>Threads that one query may use, 1 to 1,024; 0: as many as there are processors.</summary>
    [Range(0, 1_024, ErrorMessage = "Terse:DuckDb:Threads must be 0 to 1024.")]
    public int Threads { get; set; }

    /// <summary>Queries that run at once, 1 to 64; more wait.</summary>
    [Range(1, 64, ErrorMessage = "Terse:DuckDb:ConcurrentQueries must be 1 to 64.")]
    public int ConcurrentQueries { get; set; } = 2;

    /// <summary>Values that a dimension may have before further ones count as <c>(other)</c>, 50,000 to 10,000,000. They are held in memory, some 100 bytes each.</summary>
    [Range(50_000, 10_000_000, ErrorMessage = "Terse:DuckDb:ValuesPerDimension must be 50000 to 10000000.")]
    public int ValuesPerDimension { get; set; } = 100_000;
}

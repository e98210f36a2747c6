namespace Terse.Faults;

/// <summary>The wall clock of the processes that are started with <see cref="Environment"/>: libfaketime adds to it what a file says. Monotonic time goes on as it does.</summary>
internal sealed class SteppedClock
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
    private readonly string _file;

    public SteppedClock(string file)
    {
        _file = file;
        Step(TimeSpan.Zero);
        var library = System.Environment.GetEnvironmentVariable("TERSE_TEST_LIBFAKETIME") is { Length: > 0 } told ? told : Library;
        if (!File.Exists(library)) throw new InvalidOperationException($"{library} is missing: ./build.sh faults installs it, or says how.");
        Environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME_TIMESTAMP_FILE"] = file,
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        };
    }

    public Dictionary<string, string> Environment { get; }

    /// <summary>Sets how far the clock is ahead of the machine's; negative: behind.</summary>
    public void Step(TimeSpan ahead) => File.WriteAllText(_file, $"{(ahead < TimeSpan.Zero ? "-" : "+")}{Math.Abs((long)ahead.TotalSeconds)}");
}

using System.CommandLine;
using Terse.Benchmarks;

var root = new RootCommand("What Terse's benchmarks are made of. bench/compare.sh puts them together.")
{
    HitRateBenchmark.Command(),
    HotPathBenchmark.Command(),
    HotKeyBenchmark.Command(),
    RateLimitBenchmark.Command(),
    MissBenchmark.Command(),
    ClickBenchmark.Command(),
    ClickLogBenchmark.Command(),
    QueueBenchmark.Command(),
    BareServer.Command(),
    SliceServer.Command(),
    Seed.Command(),
    TraceFile.Command(),
    OpenLoop.Command(),
    PolicyBenchmark.Command(),
};
return await root.Parse(args).InvokeAsync();

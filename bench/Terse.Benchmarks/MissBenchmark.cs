using System.CommandLine;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;
using Terse.Redirects;

namespace Terse.Benchmarks;

/// <summary>What a code that is not in L1 costs on one thread, and how much of that is the store's: over a data directory that seed has filled.</summary>
internal static class MissBenchmark
{
    public static Command Command()
    {
        var data = new Option<DirectoryInfo>("--data") { Required = true };
        var codes = new Option<FileInfo>("--codes") { Required = true };
        var command = new Command("miss", "Prints microseconds and bytes per code that is read from the store.") { data, codes };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(data)!, parsed.GetValue(codes)!, cancellationToken));
        return command;
    }

    private static async Task RunAsync(DirectoryInfo data, FileInfo file, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string?> { ["Terse:Data"] = data.FullName };
        using var host = await Stores.OpenAsync(
            settings, mayCreate: false, services => services.AddCodes().AddMetrics().AddSingleton<LinkChanges>().AddRedirects(), cancellationToken);
        var store = host.Services.GetRequiredService<ILinkStore>();
        var resolver = host.Services.GetRequiredService<LinkResolver>();
        var codes = File.ReadLines(file.FullName).Select(ShortCode.Parse).ToArray();
        new Random(1).Shuffle(codes);

        var half = codes.Length / 2;
        foreach (var code in codes) await store.FindAsync(code, cancellationToken);
        await MeasureAsync("store alone", codes[..half], async code => await store.FindAsync(code, cancellationToken));
        await MeasureAsync("first half, through the resolver", codes[..half], async code => await resolver.ResolveAsync(code, TimeProvider.System.GetTimestamp()));
        await MeasureAsync("second half, through the resolver", codes[half..], async code => await resolver.ResolveAsync(code, TimeProvider.System.GetTimestamp()));
        await host.StopAsync(cancellationToken);
    }

    private static async Task MeasureAsync(string name, ShortCode[] codes, Func<ShortCode, Task> read)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        foreach (var code in codes) await read(code);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMicroseconds / codes.Length;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        Console.WriteLine(FormattableString.Invariant(
            $"| {name} | {elapsed:F2} µs | CPU {cpu.TotalMicroseconds / codes.Length:F2} µs | {(GC.GetTotalAllocatedBytes() - allocated) / codes.Length} bytes |"));
    }
}

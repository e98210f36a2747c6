using System.CommandLine;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Terse.Links;
using Terse.Redirects;

namespace Terse.Benchmarks;

/// <summary>What the redirect middleware itself costs when L1 answers, without Kestrel: time and bytes per redirect on one thread.</summary>
internal static class HotPathBenchmark
{
    private const int Rounds = 5;
    private const int Requests = 2_000_000;

    public static Command Command()
    {
        var command = new Command("hot-path", "Prints nanoseconds and bytes per redirect that L1 answers, without Kestrel.");
        command.SetAction(_ => RunAsync());
        return command;
    }

    private static async Task RunAsync()
    {
        Console.WriteLine("| links in use | ns per redirect (best of 5) | bytes per redirect |");
        Console.WriteLine("|---|---|---|");
        foreach (var links in (int[])[1, 1000, 100_000])
        {
            await using var services = new ServiceCollection()
                .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
                .AddLogging().AddMetrics()
                .AddSingleton(TimeProvider.System)
                .AddSingleton<ILinkStore>(new MemoryLinks(links))
                .AddSingleton<LinkChanges>()
                .AddRedirects()
                .BuildServiceProvider();
            var app = new ApplicationBuilder(services).UseRedirects().Build();
            var context = new DefaultHttpContext { RequestServices = services };
            context.Request.Method = HttpMethods.Get;
            var paths = Enumerable.Range(0, links).Select(number => new PathString("/" + BenchLinks.Code(number))).ToArray();
            new Random(1).Shuffle(paths);

            var (best, bytes) = (double.MaxValue, 0L);
            for (var round = 0; round < Rounds; round++)
            {
                var allocated = GC.GetAllocatedBytesForCurrentThread();
                var started = Stopwatch.GetTimestamp();
                for (var i = 0; i < Requests; i++)
                {
                    context.Request.Path = paths[i % links];
                    context.Response.Headers.Clear();
                    var answer = app(context);
                    if (!answer.IsCompletedSuccessfully) await answer;
                }
                best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalNanoseconds / Requests);
                bytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
            }
            Console.WriteLine(FormattableString.Invariant($"| {links:N0} | {best:F0} | {(double)bytes / Requests:F2} |"));
        }
    }
}

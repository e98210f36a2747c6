using System.CommandLine;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Terse.Adapters.Redis;
using Terse.RateLimiting;
using Terse.Servers;

namespace Terse.Benchmarks;

/// <summary>What one question for a limit costs: in this process on one thread, and in a Redis that it starts, with 64 callers.</summary>
internal static class RateLimitBenchmark
{
    private const int Subjects = 1_000;
    private const int Callers = 64;

    public static Command Command()
    {
        var command = new Command("rate-limits", "Prints the cost of one question for a limit, by algorithm and store.");
        command.SetAction(_ => RunAsync());
        return command;
    }

    private static async Task RunAsync()
    {
        await using var redis = await RedisServer.StartAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Terse:Redis:Endpoints", redis.Endpoint)]).Build();
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration).AddLogging().AddMetrics().AddSingleton(TimeProvider.System).AddRedis(configuration).BuildServiceProvider();
        var connection = services.GetRequiredService<RedisConnection>();
        await connection.StartAsync(CancellationToken.None);
        await connection.SubscriberAsync(CancellationToken.None);

        Console.WriteLine($"{Subjects:N0} subjects, 100 requests a second each.");
        Console.WriteLine("| algorithm | local, ns each | Redis, a second with 64 callers | p99 µs |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var algorithm in Enum.GetValues<RateLimitAlgorithm>())
        {
            var rule = new RateLimitRule(algorithm.ToString(), algorithm, 100, TimeSpan.FromSeconds(1), 100);
            await AskAsync(new LocalRateLimits(), rule, 1, 1_000_000);
            var local = await AskAsync(new LocalRateLimits(), rule, 1, 2_000_000);
            var shared = new SharedRateLimits(connection);
            await AskAsync(shared, rule, Callers, 20_000);
            var remote = await AskAsync(shared, rule, Callers, 200_000);
            Console.WriteLine(FormattableString.Invariant(
                $"| {algorithm} | {local.Elapsed.TotalNanoseconds / 2_000_000:F0} | {200_000 / remote.Elapsed.TotalSeconds:N0} | {remote.P99.TotalMicroseconds:F0} |"));
        }
    }

    private static async Task<(TimeSpan Elapsed, TimeSpan P99)> AskAsync(IRateLimitStore store, RateLimitRule rule, int callers, int questions)
    {
        var subjects = Enumerable.Range(0, Subjects).Select(number => $"subject{number}").ToArray();
        var started = Stopwatch.GetTimestamp();
        var latencies = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var kept = new List<long>();
            for (var i = 0; i < questions / callers; i++)
            {
                var asked = Stopwatch.GetTimestamp();
                await store.TakeAsync(rule, subjects[(caller * 997 + i) % Subjects], TimeProvider.System.GetUtcNow(), CancellationToken.None);
                if (callers > 1) kept.Add(Stopwatch.GetTimestamp() - asked);
            }
            return kept;
        })));
        var elapsed = Stopwatch.GetElapsedTime(started);
        var all = latencies.SelectMany(kept => kept).Order().ToArray();
        return (elapsed, all.Length == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)all[(int)(all.Length * 0.99)] / Stopwatch.Frequency));
    }
}

using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Terse.Codes;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Benchmarks;

/// <summary>Fills a data directory with links under codes that the instance issues, and writes the codes down for the load generators.</summary>
internal static class Seed
{
    private const int Batch = 1000;

    public static Command Command()
    {
        var data = new Option<DirectoryInfo>("--data") { Required = true };
        var links = new Option<int>("--links") { DefaultValueFactory = _ => 1_000_000 };
        var codes = new Option<FileInfo>("--codes") { Required = true, Description = "Where to write the codes, one a line." };
        var command = new Command("seed", "Fills a data directory with links.") { data, links, codes };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetValue(data)!, parsed.GetValue(links), parsed.GetValue(codes)!, cancellationToken));
        return command;
    }

    private static async Task RunAsync(DirectoryInfo data, int links, FileInfo codes, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string?> { ["Terse:Data"] = data.FullName };
        using var host = await Stores.OpenAsync(settings, mayCreate: true, services => services.AddCodes(), cancellationToken);
        var store = host.Services.GetRequiredService<ILinkStore>();
        var generator = host.Services.GetRequiredService<CodeGenerator>();
        var now = TimeProvider.System.GetUtcNow();
        await using var written = codes.CreateText();
        for (var number = 0; number < links;)
        {
            var batch = new List<Link>(Batch);
            for (; batch.Count < Batch && number < links; number++)
            {
                var code = await generator.NextAsync(cancellationToken);
                batch.Add(BenchLinks.Link(number, now) with { Code = code });
                await written.WriteLineAsync(code.Value);
            }
            await store.AddManyAsync(batch, cancellationToken);
        }
        await host.StopAsync(cancellationToken);
    }
}

using System.CommandLine;

namespace Terse.Benchmarks;

/// <summary>Writes the paths that the load generators ask for, one a line, Zipf-distributed over the links; or what nginx needs to answer them.</summary>
internal static class TraceFile
{
    public static Command Command()
    {
        var links = new Option<int>("--links") { DefaultValueFactory = _ => 1_000_000, Description = "Over how many links." };
        var codes = new Option<FileInfo?>("--codes") { Description = "A file of their codes, as seed writes it. [default: the codes of slice]" };
        var count = new Option<int>("--count") { DefaultValueFactory = _ => 200_000, Description = "How many paths." };
        var exponent = new Option<double>("--zipf") { DefaultValueFactory = _ => 1.0 };
        var map = new Option<bool>("--nginx-map") { Description = "Write an nginx map of the links instead." };
        var command = new Command("trace", "Writes Zipf-distributed paths, or an nginx map of all links.") { links, codes, count, exponent, map };
        command.SetAction(parsed =>
        {
            var known = parsed.GetValue(codes) is { } file
                ? [.. File.ReadLines(file.FullName).Take(parsed.GetValue(links))]
                : Enumerable.Range(0, parsed.GetValue(links)).Select(BenchLinks.Code).ToArray();
            using var output = new StreamWriter(Console.OpenStandardOutput());
            if (parsed.GetValue(map))
            {
                for (var i = 0; i < known.Length; i++) output.Write($"/{known[i]} {BenchLinks.Destination(i)};\n");
                return;
            }

            var zipf = new Zipf(known.Length, parsed.GetValue(exponent), new Random(42));
            for (var i = 0; i < parsed.GetValue(count); i++) output.Write($"/{known[zipf.Next()]}\n");
        });
        return command;
    }
}

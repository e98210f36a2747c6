using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using Terse.Tests.Gateway;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Docs;

/// <summary>What deploy/ names is what the program has: its settings, and the metrics of its dashboard and alerts.</summary>
public sealed partial class DeploymentTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy");

    [Fact]
    public void Every_setting_that_a_deployment_names_is_an_option()
    {
        var options = typeof(Program).Assembly.GetTypes()
            .Where(type => type.GetField("Section", BindingFlags.Public | BindingFlags.Static) is not null)
            .SelectMany(type => type.GetProperties().Where(property => property.CanWrite).Select(property => $"{type.GetField("Section")!.GetRawConstantValue()}:{property.Name}"))
            .ToHashSet(StringComparer.Ordinal);
        var named = Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => Setting().Matches(File.ReadAllText(file)).Select(match => (File: file, Name: match.Value.Replace("__", ":", StringComparison.Ordinal))))
            .ToArray();
        Assert.NotEmpty(named);
        Assert.Empty(named.Where(setting => !options.Contains(setting.Name)).Select(setting => $"{setting.File} sets {setting.Name}"));
    }

    [Fact]
    public async Task Every_metric_of_the_dashboard_and_the_alerts_is_exported()
    {
        var instruments = new List<Instrument>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => { lock (instruments) instruments.Add(instrument); } };
        listener.Start();

        // Nobody is there at port 1; the program starts without Redis all the same.
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Metrics:Public"] = "true", ["Terse:Redis:Endpoints"] = "127.0.0.1:1" });
        await using var gateway = await GatewayInstance.StartAsync([terse.Url], ("Terse:Metrics:Public", "true"));
        using var followed = await gateway.Client.GetAsync("/abcdefg", TestContext.Current.CancellationToken);

        string[] exported;
        lock (instruments) exported = [.. instruments.SelectMany(PrometheusNames).Distinct()];

        // The names are made here as the exporter makes them; what is really exported shows that they are.
        var scraped = (await gateway.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken) + await terse.Anonymous.GetStringAsync("/metrics", TestContext.Current.CancellationToken))
            .Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0]).Distinct().Where(name => name != "target_info").ToArray();
        Assert.Contains("terse_redirects_total", scraped);
        Assert.Empty(scraped.Except(exported));

        var rules = File.ReadAllText(Path.Combine(Folder, "prometheus", "terse.rules.yaml"));
        var named = Metric().Matches(rules + File.ReadAllText(Path.Combine(Folder, "grafana", "terse.json"))).Select(match => match.Value).Distinct().ToArray();
        Assert.True(named.Length > 15);
        Assert.Empty(named.Except(exported));
    }

    private static IEnumerable<string> PrometheusNames(Instrument instrument)
    {
        var kind = instrument.GetType().Name;
        var counter = kind.Contains("Counter", StringComparison.Ordinal) && !kind.Contains("UpDown", StringComparison.Ordinal);
        var name = NotAllowed().Replace(instrument.Name, "_");
        var unit = Annotation().Replace(instrument.Unit ?? "", "") switch
        {
            "s" => "seconds",
            "By" => "bytes",
            "/s" => "per_second",
            "1" when !counter && !kind.Contains("Histogram", StringComparison.Ordinal) => "ratio",
            _ => "",
        };
        if (unit.Length > 0 && !name.EndsWith(unit, StringComparison.Ordinal)) name = $"{name}_{unit}";
        if (kind.Contains("Histogram", StringComparison.Ordinal)) return [$"{name}_bucket", $"{name}_sum", $"{name}_count"];
        return [counter && !name.EndsWith("_total", StringComparison.Ordinal) ? $"{name}_total" : name];
    }

    [GeneratedRegex(@"Terse(__[A-Za-z]+)+")]
    private static partial Regex Setting();

    [GeneratedRegex(@"\b(terse|http_server|kestrel|dotnet)_[a-z0-9_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("[^a-zA-Z0-9_]+")]
    private static partial Regex NotAllowed();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Annotation();
}

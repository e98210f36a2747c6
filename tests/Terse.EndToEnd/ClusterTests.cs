using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Terse.Servers;

namespace Terse.EndToEnd;

/// <summary>The fleet that <c>./build.sh cluster</c> starts, seen from outside.</summary>
public sealed partial class ClusterTests
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    // The nodes inherit them: a machine that stalls is not what these tests are about.
    private static readonly Dictionary<string, string> Patience = new()
    {
        ["Terse__Redirects__StoreTimeout"] = "00:00:30",
        ["Terse__Gateway__SilenceTimeout"] = "00:01:00",
        ["Terse__Gateway__RedirectTimeout"] = "00:01:00",
        ["Terse__Gateway__ConnectTimeout"] = "00:00:30",
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fleet_makes_and_follows_links_loses_a_node_without_a_trace_and_stops_to_the_last_process()
    {
        await using var cluster = ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "terse-cluster.dll"), "--port", "0"], Patience);
        await cluster.LineAsync("Ctrl-C stops all of it", StartLimit);
        var nodes = Node().Matches(cluster.Output).ToDictionary(match => match.Groups["name"].Value, match => (Url: match.Groups["url"].Value, Id: int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture)));
        Assert.Equal(["admin", "api 1", "api 2", "clicks", "gateway", "redirect 1", "redirect 2", "redirect 3"], nodes.Keys.Order(StringComparer.Ordinal));
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(nodes["gateway"].Url) };
        client.DefaultRequestHeaders.Add("X-Api-Key", AdminKey().Match(cluster.Output).Value);

        var codes = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            using var made = await client.PostAsJsonAsync("/api/v1/links", new { url = $"https://example.com/{i}" }, Cancellation);
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
            codes.Add((await made.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("code").GetString()!);
            await FollowAsync(client, codes[^1]);
        }

        using (var redirect = Process.GetProcessById(nodes["redirect 2"].Id)) redirect.Kill();
        for (var round = 0; round < 3; round++)
            foreach (var code in codes) await FollowAsync(client, code);

        await CountedAsync(client, codes[0], atLeast: 3);

        cluster.Terminate();
        await cluster.ExitAsync(StartLimit);
        Assert.Equal(0, cluster.ExitCode);
        Assert.All(nodes.Values, node => Assert.False(Directory.Exists($"/proc/{node.Id}"), $"Process {node.Id} is still there."));
    }

    [Fact]
    public async Task A_fleet_that_is_stopped_while_it_starts_leaves_nothing_behind()
    {
        var folder = Directory.CreateTempSubdirectory("terse-e2e-");
        try
        {
            // PostgreSQL runs as a user of its own, who must get to its folder.
            if (!OperatingSystem.IsWindows()) folder.UnixFileMode |= UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
            // What a shell runs in the background ignores Ctrl-C, and so would its children: the tests may be run so.
            await using var cluster = ChildProcess.Start(
                "env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "terse-cluster.dll"), "--port", "0"], new Dictionary<string, string> { ["TMPDIR"] = folder.FullName });
            await cluster.LineAsync("Starting the nodes", StartLimit);
            await UntilNodeAsync(folder);
            cluster.Send(Signal.Interrupt);
            await cluster.ExitAsync(StartLimit);
            Assert.Equal(0, cluster.ExitCode);
            Assert.DoesNotContain(folder.GetDirectories(), left => left.Name.StartsWith("terse-", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task UntilNodeAsync(DirectoryInfo folder)
    {
        for (var deadline = Stopwatch.StartNew(); folder.GetDirectories("terse-node-*").Length == 0;)
        {
            Assert.True(deadline.Elapsed < StartLimit, "No node was started.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
        }
    }

    /// <summary>A visit is counted some moments later, wherever it was made.</summary>
    private static async Task CountedAsync(HttpClient client, string code, long atLeast)
    {
        for (var deadline = Stopwatch.StartNew(); ;)
        {
            using var answer = await client.GetAsync($"/api/v1/links/{code}/stats", Cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var counted = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("totals").GetProperty("clicks").GetInt64();
            if (counted >= atLeast) return;
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(60), $"Only {counted} of {atLeast} visits are counted.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancellation);
        }
    }

    private static async Task FollowAsync(HttpClient client, string code)
    {
        using var answer = await client.GetAsync($"/{code}", Cancellation);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    [GeneratedRegex(@"(?m)^  (?<name>\S+( \d)?) +(?<url>http://\S+)  process (?<id>\d+)$")]
    private static partial Regex Node();

    [GeneratedRegex("terse_[0-9A-Za-z]{10}_[0-9A-Za-z]{32}")]
    private static partial Regex AdminKey();
}

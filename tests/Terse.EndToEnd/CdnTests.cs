using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Terse.Servers;

namespace Terse.EndToEnd;

/// <summary>Varnish from the distribution in front of the program, with the VCL and the log format of deploy/varnish.</summary>
public sealed class CdnTests : WithDataDirectory
{
    private const int Visits = 25;
    private const string Browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_edit_is_seen_through_Varnish_in_under_a_second_and_what_Varnish_answered_is_counted_once()
    {
        var port = ServerProcess.FreePort();
        await using var varnish = await VarnishServer.StartAsync(Deployed("terse.vcl"), port, Deployed("terse-clicks.format"));
        varnish.Log();
        await using var terse = await TerseProcess.ServeAtAsync(port, Data, "--set", "Cdn:Kind=Purge", "--set", $"Cdn:Endpoints={varnish.Url.GetLeftPart(UriPartial.Authority)}", "--set", "TrustedProxies=127.0.0.1/32");
        using var admin = terse.Client();
        using var visitor = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = varnish.Url };
        visitor.DefaultRequestHeaders.UserAgent.ParseAdd(Browser);
        using (var made = await admin.PostAsJsonAsync("/api/v1/links", new { url = "https://example.com/0", alias = "kept", edgeTtl = "1h" }, Cancellation)) Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await UntilAsync(async () => (await FollowAsync(visitor, "/")).Status != HttpStatusCode.ServiceUnavailable);

        // Kept: all but the first visit are answered by Varnish, whatever their query.
        var caches = new List<string>();
        for (var i = 0; i < Visits; i++) caches.Add((await FollowAsync(visitor, $"/kept?utm_source=edge{i % 2}")).Cache);
        Assert.Equal(["miss", .. Enumerable.Repeat("hit", Visits - 1)], caches);
        var privately = await FollowAsync(visitor, "/kept", request => request.Headers.Add("Sec-GPC", "1"));
        Assert.Equal((HttpStatusCode.Found, "hit"), (privately.Status, privately.Cache));

        // Edits.
        var seen = new List<TimeSpan>();
        for (var edit = 1; edit <= 10; edit++)
        {
            var target = $"https://example.com/{edit}";
            using var changed = await admin.PatchAsJsonAsync("/api/v1/links/kept", new { url = target }, Cancellation);
            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
            var clock = Stopwatch.StartNew();
            await UntilAsync(async () => (await FollowAsync(visitor, "/kept")).Location == target);
            seen.Add(clock.Elapsed);
        }
        seen.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine($"An edit was seen through Varnish after {seen[5].TotalMilliseconds:0.0} ms (median of 10), {seen[^1].TotalMilliseconds:0.0} ms at most.");
        Assert.True(seen[5] < TimeSpan.FromSeconds(1), $"{seen[5]}");
        // Counted: every redirect once, whoever answered it.
        await FollowAsync(visitor, "/last");
        await UntilAsync(() => Task.FromResult(File.Exists(varnish.LogFile) && File.ReadLines(varnish.LogFile).Any(line => line.Contains("/last", StringComparison.Ordinal))));
        var hits = File.ReadLines(varnish.LogFile).Count(line => line.Contains("/kept", StringComparison.Ordinal) && line.Contains("\"hit\"", StringComparison.Ordinal));
        Assert.InRange(hits, Visits, int.MaxValue);
        await using (var first = await TerseProcess.RunAsync("import-clicks", varnish.LogFile, "--server", terse.Url.ToString(), "--api-key", TerseProcess.AdminKey))
            Assert.True(first.Output.Contains($"Counted {hits:N0} visits; 0 were counted before", StringComparison.Ordinal), first.Errors + first.Output);
        await using (var again = await TerseProcess.RunAsync("import-clicks", varnish.LogFile, "--server", terse.Url.ToString(), "--api-key", TerseProcess.AdminKey))
            Assert.True(again.Output.Contains($"Counted 0 visits; {hits:N0} were counted before", StringComparison.Ordinal), again.Errors + again.Output);
        var answered = File.ReadLines(varnish.LogFile).Count(line => line.Contains("/kept", StringComparison.Ordinal) && line.Contains("\"302\"", StringComparison.Ordinal));
        await UntilAsync(async () => (await StatisticsAsync(admin, "")).GetProperty("totals").GetProperty("clicks").GetInt64() == answered);
        var groups = (await StatisticsAsync(admin, "?groupBy=source,browser")).GetProperty("groups");
        Assert.Equal((13, 12), (Clicks(groups, "source", "edge0"), Clicks(groups, "source", "edge1")));

        // Of a visitor who asks not to be followed, nothing is known but that there was a visit.
        Assert.Equal((1, answered - 1), (Clicks(groups, "browser", ""), Clicks(groups, "browser", "Firefox")));

        // The end.
        using (var removed = await admin.DeleteAsync("/api/v1/links/kept", Cancellation)) Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        await UntilAsync(async () => (await FollowAsync(visitor, "/kept")).Status == HttpStatusCode.NotFound);
    }

    private static long Clicks(JsonElement groups, string dimension, string value) =>
        groups.GetProperty(dimension).EnumerateArray().Single(group => group.GetProperty("value").GetString() == value).GetProperty("clicks").GetInt64();

    private static async Task<JsonElement> StatisticsAsync(HttpClient admin, string what) =>
        await admin.GetFromJsonAsync<JsonElement>($"/api/v1/stats{what}", Cancellation);

    private static async Task<(HttpStatusCode Status, string? Location, string Cache)> FollowAsync(HttpClient client, string path, Action<HttpRequestMessage>? with = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        with?.Invoke(request);
        using var response = await client.SendAsync(request, Cancellation);
        return (response.StatusCode, response.Headers.Location?.OriginalString, response.Headers.TryGetValues("X-Cache", out var cache) ? cache.Single() : "");
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var clock = Stopwatch.StartNew(); !await condition();)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "Not within 60 seconds.");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Cancellation);
        }
    }

    private static string Deployed(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Terse.slnx"))) folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        return Path.Combine(folder.FullName, "deploy", "varnish", file);
    }
}

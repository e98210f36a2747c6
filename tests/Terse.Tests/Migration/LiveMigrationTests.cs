using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Terse.Hosting;
using Terse.Migration;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Migration;

/// <summary>A server moves to another link store while clients make, change, delete and follow links: nothing is lost, no redirect fails.</summary>
[NeedsServers]
public sealed class LiveMigrationTests(ITestOutputHelper output)
{
    private const int Before = 2_000;
    private readonly ConcurrentDictionary<string, string?> _expected = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private long _follows;
    private long _writes;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_live_move_from_SQLite_to_PostgreSQL_loses_nothing_and_fails_no_redirect()
    {
        var connection = await (await PostgreSqlServer.SharedAsync()).CreateDatabaseAsync();
        var folder = Directory.CreateTempSubdirectory("terse-move-");
        try
        {
            await MoveAsync([], folder.FullName, $"sqlite:{folder.FullName}", $"postgres:{connection}");

            await using var moved = await TerseInstance.StartAsync(Quiet(PostgreSql(connection)));
            await CheckAsync(moved);
            var link = await moved.CreateAsync(new { url = "https://after.example/" });
            Assert.DoesNotContain(link.Text("code"), _expected.Keys);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_live_move_of_two_nodes_from_PostgreSQL_to_DynamoDB_loses_nothing_and_fails_no_redirect()
    {
        var connection = await (await PostgreSqlServer.SharedAsync()).CreateDatabaseAsync();
        var target = $"dynamodb:{(await DynaliteServer.SharedAsync()).Url}";
        var settings = PostgreSql(connection);
        settings["Terse:DynamoDb:TablePrefix"] = Infrastructure.Servers.NewName() + "-";
        settings["Terse:DynamoDb:AccessKey"] = settings["Terse:DynamoDb:SecretKey"] = "test";
        settings["Terse:DynamoDb:AttemptTimeout"] = "00:00:30";
        var folder = Directory.CreateTempSubdirectory("terse-move-");
        try
        {
            await MoveAsync(settings, folder.FullName, $"postgres:{connection}", target, nodes: 2);

            var moved = new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in StoreName.ToSettings(target)) moved[name] = value;
            using var source = await Stores.OpenAsync(settings, mayCreate: false, static _ => { }, Cancellation);
            using var dynamo = await Stores.OpenAsync(moved, mayCreate: false, static _ => { }, Cancellation);
            Assert.Equal(0, await new Verification(StoreSet.From(source.Services), StoreSet.From(dynamo.Services)).RunAsync(new Progress<long>(), Cancellation));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Dictionary<string, string?> PostgreSql(string connection) =>
        new(StringComparer.OrdinalIgnoreCase) { ["Terse:Stores:Links"] = "PostgreSql", ["Terse:PostgreSql:ConnectionString"] = connection };

    /// <summary>Clients that ask for links they have removed are not to be taken for guessers.</summary>
    private static Dictionary<string, string?> Quiet(Dictionary<string, string?> settings) =>
        new(settings, StringComparer.OrdinalIgnoreCase) { ["Terse:Redirects:MissesPerMinute"] = "0" };

    /// <summary>Fills a server, moves it or its fleet under load, and checks every link on every node with either store leading.</summary>
    private async Task MoveAsync(Dictionary<string, string?> settings, string data, string from, string to, int nodes = 1)
    {
        await FillAsync(settings, data);
        var moving = Quiet(settings);
        moving["Terse:Migration:To"] = to;
        await using var first = await TerseInstance.StartAsync(moving, data);
        await using var second = nodes == 2 ? await TerseInstance.StartAsync(moving) : null;
        TerseInstance[] fleet = second is null ? [first] : [first, second];
        using var stop = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();

        // Each client has links and a node of its own: without Redis a node hears of another's changes when its L1 entries end.
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(client => LoadAsync(fleet[client % fleet.Length], client, stop.Token)));
        await MigrateAsync(fleet, settings, data, from, to);
        var moved = clock.Elapsed;
        foreach (var node in fleet) await LeadsAsync(node, "target");

        // Writes and redirects of the new lead, and of the old one that follows now.
        var made = _expected.Count;
        while (_expected.Count < made + 100 && !load.IsCompleted) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        await stop.CancelAsync();
        await load;
        var during = _follows;
        foreach (var node in fleet) await CheckAsync(node);
        output.WriteLine($"{fleet.Length} nodes, {_expected.Count:N0} links, moved in {moved.TotalSeconds:N1} s; {during:N0} redirects and {_writes:N0} writes meanwhile, {_follows - during:N0} redirects after");
    }

    private async Task FillAsync(Dictionary<string, string?> settings, string data)
    {
        await using var terse = await TerseInstance.StartAsync(settings, data);
        for (var n = 0; n < Before; n += 500)
        {
            using var response = await terse.Admin.PostJsonAsync(
                "/api/v1/links/bulk", new { links = Enumerable.Range(n, 500).Select(i => new { url = $"https://before.example/{i}", tags = new[] { "old" } }) });
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
            foreach (var result in (await response.JsonAsync()).GetProperty("results").EnumerateArray())
            {
                var link = result.GetProperty("link");
                _expected[link.Text("code")] = link.Text("url");
            }
        }
    }

    private static async Task MigrateAsync(TerseInstance[] fleet, Dictionary<string, string?> settings, string data, string from, string to)
    {
        var state = Path.Combine(data, "move.json");
        string[] arguments = [
            "migrate", "--from", from, "--to", to, .. fleet.SelectMany(static node => new[] { "--server", node.Url.ToString() }), "--api-key", TerseInstance.AdminKey, "--state", state, "--data", data,
            .. settings.SelectMany(static setting => new[] { "--set", $"{setting.Key}={setting.Value}" })];
        Assert.Equal(0, await TerseCommand.Create().Parse(arguments).InvokeAsync(cancellationToken: Cancellation));
        Assert.True(JsonDocument.Parse(await File.ReadAllTextAsync(state, Cancellation)).RootElement.GetProperty("Complete").GetBoolean());
    }

    private static async Task LeadsAsync(TerseInstance terse, string expected)
    {
        using var response = await terse.Admin.GetAsync("/api/v1/migration", Cancellation);
        var migration = await response.JsonAsync();
        Assert.Equal((expected, 0), (migration.Text("leads"), migration.GetProperty("missed").GetInt32()));
    }

    /// <summary>Each client has links of its own to change and delete, old ones among them, and follows what it knows.</summary>
    private async Task LoadAsync(TerseInstance terse, int client, CancellationToken stop)
    {
        var random = new Random(client);
        var mine = _expected.Keys.Order(StringComparer.Ordinal).Where((_, index) => index % 4 == client).ToList();
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var code = mine[random.Next(mine.Count)];
            if (n % 8 < 3) Interlocked.Increment(ref _writes);
            switch (n % 8)
            {
                case 0 or 1:
                    using (var made = await terse.Admin.PostJsonAsync("/api/v1/links", new { url = $"https://during.example/{client}/{n}" }))
                    {
                        if (!Expect(made, HttpStatusCode.Created)) break;
                        code = (await made.JsonAsync()).Text("code");
                        _expected[code] = $"https://during.example/{client}/{n}";
                        mine.Add(code);
                    }

                    break;
                case 2:
                    using (var changed = await terse.Admin.PatchAsync($"/api/v1/links/{code}", JsonContent($$"""{"url":"https://changed.example/{{client}}/{{n}}"}"""), Cancellation))
                    {
                        if (Expect(changed, _expected[code] is null ? HttpStatusCode.NotFound : HttpStatusCode.OK) && _expected[code] is not null)
                            _expected[code] = $"https://changed.example/{client}/{n}";
                    }

                    break;
                case 3 when random.Next(4) == 0:
                    using (var removed = await terse.Admin.DeleteAsync($"/api/v1/links/{code}", Cancellation))
                        Expect(removed, _expected[code] is null ? HttpStatusCode.NotFound : HttpStatusCode.NoContent);
                    _expected[code] = null;
                    break;
                default:
                    await FollowAsync(terse, code);
                    break;
            }
        }
    }

    private async Task CheckAsync(TerseInstance terse)
    {
        Assert.Empty(_wrong);
        foreach (var code in _expected.Keys) await FollowAsync(terse, code);
        Assert.Empty(_wrong);
        using var page = await terse.Admin.GetAsync("/api/v1/links?limit=1", Cancellation);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    private async Task FollowAsync(TerseInstance terse, string code)
    {
        var expected = _expected[code];
        using var followed = await terse.Anonymous.GetAsync($"/{code}", Cancellation);
        Interlocked.Increment(ref _follows);
        if (expected is null) Expect(followed, HttpStatusCode.NotFound);
        else if (Expect(followed, HttpStatusCode.Found) && followed.Headers.Location?.OriginalString != expected)
            _wrong.Enqueue($"{code} leads to {followed.Headers.Location}, not to {expected}");
    }

    private bool Expect(HttpResponseMessage response, HttpStatusCode expected)
    {
        if (response.StatusCode == expected) return true;
        _wrong.Enqueue($"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri}: {(int)response.StatusCode}, not {(int)expected}");
        return false;
    }

    private static StringContent JsonContent(string json) => new(json, System.Text.Encoding.UTF8, "application/json");
}

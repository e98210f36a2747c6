using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Time.Testing;
using Terse.Cdn;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Cdn;

public sealed class PurgeTests : IAsyncLifetime
{
    private EdgeDouble _edge = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _edge = await EdgeDouble.StartAsync();

    public ValueTask DisposeAsync() => _edge.DisposeAsync();

    [Theory]
    [InlineData("None", "Surrogate-Key")]
    [InlineData("Purge", "Surrogate-Key")]
    [InlineData("Fastly", "Surrogate-Key")]
    [InlineData("Cloudflare", "Cache-Tag")]
    public async Task An_answer_that_may_be_kept_is_tagged_with_its_code_and_no_other(string kind, string header)
    {
        await using var terse = await StartAsync(kind);
        await terse.CreateAsync(new { url = "https://example.com/", alias = "kept", edgeTtl = 60 });
        await terse.CreateAsync(new { url = "https://example.com/", alias = "plain" });
        for (var visit = 0; visit < 2; visit++)
        {
            using var kept = await terse.Anonymous.GetAsync("/kept", Cancellation);
            Assert.Equal("kept", kept.Headers.GetValues(header).Single());
            Assert.Contains("s-maxage=", kept.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            using var plain = await terse.Anonymous.GetAsync("/plain", Cancellation);
            using var missing = await terse.Anonymous.GetAsync("/nothing", Cancellation);
            Assert.False(plain.Headers.Contains(header) || missing.Headers.Contains(header));
        }
    }

    [Theory]
    [InlineData("Purge", "PURGE", "/kept", "kept", "Bearer secret", "")]
    [InlineData("Fastly", "POST", "/service/s1/purge", "", "secret", """{"surrogate_keys":["kept"]}""")]
    [InlineData("Cloudflare", "POST", "/client/v4/zones/s1/purge_cache", "", "Bearer secret", """{"tags":["kept"]}""")]
    public async Task A_change_is_told_in_the_form_of_each_kind(string kind, string method, string path, string tag, string token, string body)
    {
        await using var terse = await StartAsync(kind);
        await terse.CreateAsync(new { url = "https://example.com/", alias = "kept", edgeTtl = 60 });
        await ChangeAsync(terse, "kept");
        await Eventually.Is(1, () => _edge.Told.Count);
        Assert.Equal((method, path, tag, token, body), _edge.Told.Single());
    }

    [Fact]
    public async Task A_removal_a_take_down_and_the_end_of_caching_are_told_but_no_creation_and_no_change_of_a_link_that_is_not_kept()
    {
        await using var terse = await StartAsync("Purge");
        foreach (var alias in new[] { "removed", "taken", "closed" }) await terse.CreateAsync(new { url = "https://example.com/", alias, edgeTtl = 60 });
        await terse.CreateAsync(new { url = "https://example.com/", alias = "plain" });
        await ChangeAsync(terse, "plain");
        using (var removed = await terse.Admin.DeleteAsync("/api/v1/links/removed", Cancellation)) Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        await Eventually.Is(1, () => _edge.Told.Count);
        using (var taken = await terse.Admin.PostJsonAsync("/api/v1/links/taken/takedown", new { reason = "spam" })) Assert.True(taken.IsSuccessStatusCode, $"{taken.StatusCode}");
        await Eventually.Is(2, () => _edge.Told.Count);
        using (var closed = await terse.Admin.PatchAsJsonAsync("/api/v1/links/closed", new { edgeTtl = 0 }, Cancellation)) Assert.Equal(HttpStatusCode.OK, closed.StatusCode);
        await Eventually.Is(3, () => _edge.Told.Count);
        Assert.Equal(["/removed", "/taken", "/closed"], _edge.Told.Select(told => told.Path));
    }

    [Fact]
    public async Task It_is_told_again_after_half_a_second_and_once_no_L1_can_have_the_old_redirect()
    {
        await using var terse = await StartAsync("Purge");
        await terse.CreateAsync(new { url = "https://example.com/", alias = "kept", edgeTtl = 3600 });
        await ChangeAsync(terse, "kept");
        await Eventually.Is(1, () => _edge.Told.Count);
        await AdvanceUntilAsync(terse.Time, EdgePurger.FirstRepeat, () => _edge.Told.Count == 2);
        await AdvanceUntilAsync(terse.Time, TimeSpan.FromMinutes(1), () => _edge.Told.Count == 3);
        terse.Time.Advance(TimeSpan.FromHours(2));
        await ChangeAsync(terse, "kept");
        await Eventually.Is(4, () => _edge.Told.Count);
    }

    [Fact]
    public async Task A_cache_that_is_away_delays_no_change_and_no_other_cache_and_is_told_when_it_is_back()
    {
        var back = new TaskCompletionSource();
        await using var other = await EdgeDouble.StartAsync();
        await using var terse = await StartAsync("Purge", $"{_edge.Url},{other.Url}");
        foreach (var alias in new[] { "one", "two" }) await terse.CreateAsync(new { url = "https://example.com/", alias, edgeTtl = 3600 });
        _edge.Before = back.Task;
        _edge.Status = 503;

        await ChangeAsync(terse, "one");
        await Eventually.Is(1, () => other.Told.Count);
        await ChangeAsync(terse, "two");
        await Eventually.Is(2, () => other.Told.Count);
        await Eventually.Is(1, () => _edge.Told.Count);

        back.SetResult();
        await AdvanceUntilAsync(terse.Time, TimeSpan.FromSeconds(30), () => _edge.Told.Count >= 4);
        _edge.Status = 200;
        _edge.Told.Clear();
        await AdvanceUntilAsync(terse.Time, TimeSpan.FromSeconds(30), () => _edge.Told.Select(told => told.Path).Distinct().Count() == 2);
    }

    [Fact]
    public async Task What_a_cache_has_let_go_of_by_itself_is_not_told_any_more()
    {
        await using var terse = await StartAsync("Purge");
        await terse.CreateAsync(new { url = "https://example.com/", alias = "short", edgeTtl = 60 });
        await terse.CreateAsync(new { url = "https://example.com/", alias = "long", edgeTtl = 86400 });
        _edge.Status = 500;
        await ChangeAsync(terse, "short");
        await Eventually.TrueAsync(() => Task.FromResult(!_edge.Told.IsEmpty));
        await ChangeAsync(terse, "long");
        terse.Time.Advance(TimeSpan.FromMinutes(3));
        _edge.Told.Clear();
        _edge.Status = 200;
        await AdvanceUntilAsync(terse.Time, TimeSpan.FromSeconds(30), () => _edge.Told.Any(told => told.Path == "/long"));
        Assert.DoesNotContain(_edge.Told, told => told.Path == "/short");
    }

    [Fact]
    public async Task What_waits_is_told_before_the_program_ends()
    {
        await using (var terse = await StartAsync("Fastly"))
        {
            foreach (var alias in new[] { "one", "two" }) await terse.CreateAsync(new { url = "https://example.com/", alias, edgeTtl = 3600 });
            var first = new TaskCompletionSource();
            _edge.Before = first.Task;
            await ChangeAsync(terse, "one");
            await Eventually.Is(1, () => _edge.Told.Count);
            await ChangeAsync(terse, "two");
            first.SetResult();
        }
        Assert.Contains(_edge.Told, told => told.Body.Contains("\"two\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_queue_is_bounded_and_a_code_that_changes_again_is_still_one_entry()
    {
        var queue = new PurgeQueue(new FakeTimeProvider());
        for (var i = 0; i < PurgeQueue.Capacity; i++) Assert.True(queue.TryAdd(New($"c{i}")));
        Assert.True(queue.TryAdd(New("c0")));
        Assert.False(queue.TryAdd(New("more")));
        var all = await queue.TakeAsync(int.MaxValue, Cancellation);
        Assert.Equal((PurgeQueue.Capacity, PurgeQueue.Capacity), (all.Count, all.DistinctBy(purge => purge.Code).Count()));
        Assert.True(queue.TryAdd(New("more")));

        static Purge New(string code) => new() { Code = code, ChangedAt = 0, DueAt = 0, Until = long.MaxValue };
    }

    [Theory]
    [InlineData("Terse:Cdn:Kind", "Purge", "Terse:Cdn:Endpoints")]
    [InlineData("Terse:Cdn:Kind", "Fastly", "Terse:Cdn:Service")]
    [InlineData("Terse:Cdn:Kind", "Akamai", "Terse:Cdn:Kind must be")]
    public async Task What_a_kind_needs_is_asked_for_at_the_start(string name, string value, string said)
    {
        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => TerseInstance.StartAsync(new() { [name] = value }));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    private Task<TerseInstance> StartAsync(string kind, string? endpoints = null) => TerseInstance.StartAsync(new()
    {
        ["Terse:Cdn:Kind"] = kind,
        ["Terse:Cdn:Endpoints"] = endpoints ?? _edge.Url,
        ["Terse:Cdn:Service"] = "s1",
        ["Terse:Cdn:Token"] = "secret",
        ["Terse:Cdn:Timeout"] = "00:01:00",
    });

    private static async Task ChangeAsync(TerseInstance terse, string code)
    {
        using var changed = await terse.Admin.PatchAsJsonAsync($"/api/v1/links/{code}", new { url = $"https://example.com/{Guid.NewGuid():n}" }, Cancellation);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    /// <summary>Turns the clock until something has come about: when a wait begins is up to the threads.</summary>
    private static Task AdvanceUntilAsync(FakeTimeProvider time, TimeSpan step, Func<bool> condition) => Eventually.TrueAsync(() =>
    {
        if (condition()) return Task.FromResult(true);
        time.Advance(step);
        return Task.FromResult(false);
    });
}

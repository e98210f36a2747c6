using StackExchange.Redis;
using Terse.Adapters.Redis;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Adapters.Redis;

/// <summary>What L2 promises, in a real Redis.</summary>
[NeedsServers]
public sealed class SharedLinksTests : IAsyncLifetime
{
    private const string Channel = "unheard";
    private readonly string _prefix = Infrastructure.Servers.NewName();
    private RedirectServer _node = null!;
    private ConnectionMultiplexer _redis = null!;

    private SharedLinks Shared => _node.Shared();

    public async ValueTask InitializeAsync()
    {
        var redis = await RedisServer.SharedAsync();
        _redis = await ConnectionMultiplexer.ConnectAsync(redis.Endpoint);
        _node = await RedisNode.StartAsync(redis.Endpoint, _prefix, options: [("L2Ttl", "00:10:00"), ("HotKeys", "VirtualKeys"), ("HotKeyCopies", "4")]);
        await _node.ListensAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task What_is_offered_is_read()
    {
        var link = _node.Put("abc");
        await OfferAsync(link);
        Assert.Equal(link with { Tags = [] }, await ReadAsync("abc") is { } read ? read with { Tags = link.Tags } : null);
        Assert.Null(await ReadAsync("abcd"));
    }

    [Fact]
    public async Task Older_value_never_replaces_a_newer_one()
    {
        var old = _node.Put("abc", "https://old.example/");
        await OfferAsync(old with { Version = old.Version + 1, Destination = "https://new.example/" });
        await TryOfferAsync(old);
        Assert.Equal("https://new.example/", (await ReadAsync("abc"))!.Destination);
    }

    [Fact]
    public async Task Removed_link_leaves_a_tombstone_that_keeps_slow_readers_out_and_ends()
    {
        var link = _node.Put("abc");
        await OfferAsync(link);
        await ApplyAsync(LinkChange.Removed(link, _node.Time.GetUtcNow()));
        Assert.Null(await ReadAsync("abc"));
        await TryOfferAsync(link);
        Assert.Null(await ReadAsync("abc"));
        Assert.InRange((await _redis.GetDatabase().KeyTimeToLiveAsync(Key("abc")))!.Value, TimeSpan.FromMinutes(4), SharedLinks.TombstoneTtl);

        var anew = link with { Version = link.Version + 2, Destination = "https://anew.example/" };
        await OfferAsync(anew);
        Assert.Equal("https://anew.example/", (await ReadAsync("abc"))!.Destination);
    }

    [Fact]
    public async Task Nothing_is_kept_beyond_the_end_of_the_link()
    {
        var link = _node.Put("abc", with: link => link with { EndsAt = _node.Time.GetUtcNow().AddSeconds(20) });
        await OfferAsync(link);
        Assert.InRange((await _redis.GetDatabase().KeyTimeToLiveAsync(Key("abc")))!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));

        _node.Time.Advance(TimeSpan.FromSeconds(20));
        Shared.Offer(link with { Version = link.Version + 1 });
        await OfferAsync(_node.Put("marker"));
        Assert.Equal(link.Version, (await ReadAsync("abc"))!.Version);
    }

    [Fact]
    public async Task Time_to_live_is_that_of_the_options_less_up_to_a_tenth()
    {
        await OfferAsync(_node.Put("abc"));
        Assert.InRange((await _redis.GetDatabase().KeyTimeToLiveAsync(Key("abc")))!.Value, TimeSpan.FromMinutes(8.9), TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task Of_many_writers_at_once_the_newest_version_wins()
    {
        var first = _node.Put("abc");
        var versions = Enumerable.Range(0, 200).Select(i => first with { Version = first.Version + i, Destination = $"https://{i}.example/" }).ToArray();
        new Random(3).Shuffle(versions);
        await Task.WhenAll(versions.Select(link => ApplyAsync(LinkChange.Changed(link))));
        Assert.Equal("https://199.example/", (await ReadAsync("abc"))!.Destination);
    }

    [Fact]
    public async Task Copies_of_a_hot_code_are_made_from_the_link_live_no_longer_and_are_changed_with_it()
    {
        var link = _node.Put("abc", "https://old.example/");
        await OfferAsync(link);
        await RedisNode.UntilAsync(async () =>
        {
            Assert.Equal("https://old.example/", (await Shared.ReadAsync(link.Code, isHot: true))!.Destination);
            return await CopiesAsync() == 4;
        });
        var left = (await _redis.GetDatabase().KeyTimeToLiveAsync(Key("abc")))!.Value;
        for (var copy = 1; copy <= 4; copy++) Assert.InRange((await _redis.GetDatabase().KeyTimeToLiveAsync(Key($"abc#{copy}")))!.Value, TimeSpan.FromSeconds(1), left + TimeSpan.FromMilliseconds(100));

        await ApplyAsync(LinkChange.Changed(link with { Version = link.Version + 1, Destination = "https://new.example/" }));
        for (var i = 0; i < 40; i++) Assert.Equal("https://new.example/", (await Shared.ReadAsync(link.Code, isHot: true))!.Destination);

        await ApplyAsync(LinkChange.Removed(link, _node.Time.GetUtcNow().AddSeconds(1)));
        for (var i = 0; i < 40; i++) Assert.Null(await Shared.ReadAsync(link.Code, isHot: true));
    }

    [Fact]
    public async Task Value_of_a_later_format_is_a_miss_and_keeps_its_version()
    {
        var link = _node.Put("abc");
        var value = LinkFormat.Write(link with { Version = link.Version + 5 });
        value[0] = 9;
        await _redis.GetDatabase().StringSetAsync(Key("abc"), value);
        Assert.Null(await ReadAsync("abc"));
        await TryOfferAsync(link);
        Assert.Null(await ReadAsync("abc"));
    }

    private RedisKey Key(string code) => $"{_prefix}link:{code}";

    private async Task<int> CopiesAsync() => (int)await _redis.GetDatabase().KeyExistsAsync([.. Enumerable.Range(1, 4).Select(copy => Key($"abc#{copy}"))]);

    private ValueTask<Link?> ReadAsync(string code) => Shared.ReadAsync(ShortCode.Parse(code), isHot: false);

    private Task ApplyAsync(LinkChange change) => Shared.ApplyAsync(change, Channel, BackplaneMessage.For(change, 1, _node.Time.GetUtcNow()));

    /// <summary>An offer is not waited for: this one is seen to arrive.</summary>
    private async Task OfferAsync(Link link)
    {
        Shared.Offer(link);
        await RedisNode.UntilAsync(async () => (await ReadAsync(link.Code.Value))?.Version == link.Version);
    }

    /// <summary>An offer that may be refused: it is known to be dealt with when a later one on the same connection has arrived.</summary>
    private async Task TryOfferAsync(Link link)
    {
        Shared.Offer(link);
        await OfferAsync(_node.Put("after"));
    }
}

using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Terse.Codes;
using Terse.Links;
using Terse.Planning;
using Terse.Redirects;

namespace Terse.Tests.Planning;

/// <summary>The model of the hit rate against a simulation, and both against the real L1, on Zipf traces of independent requests.</summary>
public sealed class HitRateTests(ITestOutputHelper output)
{
    private const int Links = 100_000;
    private const int Requests = 1_000_000;

    /// <summary>One percentage point: the model is that close at every size and skew, the noise of a million requests included.</summary>
    private const double Tolerance = 0.012;

    public static TheoryData<double, double> Grid => new(
        from skew in (double[])[0.7, 0.8, 1.0, 1.1]
        from share in (double[])[0.001, 0.01, 0.1, 0.3]
        select (skew, share));

    [Theory]
    [MemberData(nameof(Grid))]
    public void Model_says_what_a_simulation_says(double skew, double share)
    {
        var room = (int)(Links * share);
        var predicted = HitRateModel.Predict(new ZipfPopularity(Links, skew), room);
        var simulated = CacheSimulation.HitRate(Links, skew, room, 2 * Requests, seed: 1);

        output.WriteLine($"skew {skew}, room {share:P1}: model {predicted:P2}, simulation {simulated:P2}");
        Assert.InRange(predicted, simulated - Tolerance, simulated + Tolerance);
    }

    [Theory]
    [InlineData(0.8, 0.2)]
    [InlineData(0.8, 0.5)]
    [InlineData(1.0, 0.1)]
    [InlineData(1.0, 0.3)]
    public void Model_says_what_the_real_L1_does(double skew, double share)
    {
        // The whole cache, sharded, bounded by bytes: 1 MiB is its least, so the number of links is chosen to make the room a share of them.
        var (cache, encoder) = RealCache(L1Megabytes: 1);
        var entryBytes = encoder.Encode(LinkOf(1_000_000)).Bytes;
        var room = (1 << 20) / entryBytes;
        var links = (int)(room / share);
        var trace = new ZipfTrace(links, skew, new Random(2));
        var requests = Math.Max(Requests, 40 * links);
        var hits = 0;
        for (var i = 0; i < 2 * requests; i++)
        {
            if (Ask(cache, encoder, 1_000_000 + trace.Next()) && i >= requests) hits++;
        }

        var measured = (double)hits / requests;
        var predicted = HitRateModel.Predict(new ZipfPopularity(links, skew), room);
        var simulated = CacheSimulation.HitRate(links, skew, room, 2 * requests, seed: 2);
        output.WriteLine($"skew {skew}, room for {room:N0} of {links:N0} links: L1 {measured:P2}, model {predicted:P2}, simulation {simulated:P2}");
        Assert.InRange(predicted, measured - 0.02, measured + 0.02);
        Assert.InRange(simulated, measured - 0.02, measured + 0.02);
    }

    [Fact]
    public void Ttl_bounds_what_the_real_L1_can_do()
    {
        const int links = 2_000;
        const double requestsPerSecond = 100;
        var time = new FakeTimeProvider();
        // Room for all, so that only the TTL of a minute makes misses; the middle of its jitter is 57 seconds.
        var (cache, encoder) = RealCache(L1Megabytes: 16, time);
        var trace = new ZipfTrace(links, 0.8, new Random(3));
        var (hits, requests) = (0, 200_000);
        for (var i = 0; i < 2 * requests; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1 / requestsPerSecond));
            if (Ask(cache, encoder, 1_000_000 + trace.Next(), time) && i >= requests) hits++;
        }

        var measured = (double)hits / requests;
        var bound = HitRateModel.TtlBound(new ZipfPopularity(links, 0.8), requestsPerSecond, 57);
        output.WriteLine($"TTL 57 s, 100 requests/s over 2,000 links: L1 {measured:P2}, bound {bound:P2}");
        Assert.InRange(measured, bound - 0.01, bound + 0.01);
    }

    [Fact]
    public void Room_for_every_link_hits_always_and_room_for_none_never()
    {
        var popularity = new ZipfPopularity(1_000, 1);

        Assert.Equal(1, HitRateModel.Predict(popularity, 1_000));
        Assert.Equal(0, HitRateModel.Predict(popularity, 0));
    }

    [Theory]
    [InlineData(1e3)]
    [InlineData(1e6)]
    [InlineData(1.825e11)]
    public void Entries_for_a_hit_rate_give_that_hit_rate(double links)
    {
        var popularity = new ZipfPopularity(links, 0.8);
        var entries = HitRateModel.EntriesFor(popularity, 0.8);

        Assert.Equal(0.8, HitRateModel.Predict(popularity, entries), 0.005);
        Assert.True(HitRateModel.Predict(popularity, entries / 2) < 0.8);
    }

    [Fact]
    public void Popularity_adds_up_and_falls_with_rank()
    {
        var popularity = new ZipfPopularity(1e9, 0.9);

        Assert.Equal(1e9, popularity.Groups.Sum(group => group.Count), 1.0);
        Assert.Equal(1, popularity.Groups.Sum(group => group.Count * group.Share), 1e-9);
        Assert.Equal(popularity.Groups.Select(group => group.Share).OrderDescending(), popularity.Groups.Select(group => group.Share));
    }

    private static (LinkCache Cache, LinkEncoder Encoder) RealCache(int L1Megabytes, TimeProvider? time = null)
    {
        var options = Options.Create(new RedirectOptions { L1Megabytes = L1Megabytes });
        var encoder = new LinkEncoder(options, time ?? new FakeTimeProvider(), new Random(1));
        return (new LinkCache(options, encoder), encoder);
    }

    private static bool Ask(LinkCache cache, LinkEncoder encoder, int link, TimeProvider? time = null)
    {
        var now = time?.GetTimestamp() ?? 0;
        Span<char> text = stackalloc char[7];
        link.TryFormat(text, out _);
        if (cache.TryGetFresh(text, now) is not null) return true;
        var code = ShortCode.Parse(text.ToString());
        cache.Board(code, now, out var flight, out _);
        Assert.True(cache.TryLand(flight, encoder.Encode(LinkOf(link))));
        return false;
    }

    private static Link LinkOf(int number) => new()
    {
        Code = ShortCode.Parse($"{number}"),
        Destination = $"https://www.example.com/articles/{number}/a-destination-of-a-usual-length?utm_source=bench",
        CreatedAt = DateTimeOffset.UnixEpoch,
        EndsAt = DateTimeOffset.UnixEpoch.AddYears(500),
        Owner = "test",
        Version = 1,
    };
}

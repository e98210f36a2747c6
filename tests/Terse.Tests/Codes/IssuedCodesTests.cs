using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Terse.Codes;

namespace Terse.Tests.Codes;

public sealed class IssuedCodesTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private static readonly byte[] Key = new byte[32];
    private readonly InMemoryCodeRangeStore _store = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly CodePermutation _permutation = new(Key, 7);

    [Fact]
    public async Task A_code_beyond_the_high_water_was_never_issued()
    {
        await using var issued = await StartAsync();
        Assert.True(issued.MayExist(_permutation.Encode(0).Value));
        Assert.True(issued.MayExist(_permutation.Encode(IssuedCodes.Slack - 1).Value));
        Assert.False(issued.MayExist(_permutation.Encode(IssuedCodes.Slack).Value));
        Assert.False(issued.MayExist(_permutation.Encode(_permutation.MaxIds - 1).Value));
    }

    [Fact]
    public async Task Of_a_million_random_guesses_hardly_any_passes()
    {
        await using var issued = await StartAsync();
        issued.Raise(100_000_000);
        var random = new Random(42);
        var passed = Enumerable.Range(0, 1_000_000).Count(_ => issued.MayExist(random.GetString(ShortCode.Alphabet, 7)));

        // (10^8 + 2^24) / 62^7 = 1 in 30,160.
        Assert.InRange(passed, 10, 70);
    }

    [Fact]
    public async Task What_other_nodes_lease_is_known_within_a_second()
    {
        await using var issued = await StartAsync();
        await _store.RaiseHighWaterAsync(1_000_000_000, Cancellation);
        var code = _permutation.Encode(999_999_999).Value;
        Assert.False(issued.MayExist(code));
        _time.Advance(IssuedCodes.Refresh);
        await WaitUntilAsync(() => issued.MayExist(code));
    }

    [Fact]
    public async Task An_alias_that_looks_like_a_code_is_let_through()
    {
        var lookalike = _permutation.Encode(3_000_000_000_000).Value;
        var other = _permutation.Encode(3_000_000_000_001).Value;
        await using var issued = await StartAsync(lookalike);
        Assert.True(issued.MayExist(lookalike));
        Assert.False(issued.MayExist(other));
        issued.AddLookalike(ShortCode.Parse(other));
        Assert.True(issued.MayExist(other));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("my-link")]
    [InlineData("sale_26")]
    [InlineData("spring-sale-2026")]
    public async Task What_has_another_shape_is_let_through(string alias)
    {
        await using var issued = await StartAsync();
        Assert.True(issued.MayExist(alias));
    }

    [Fact]
    public async Task A_snowflake_from_the_future_was_never_issued()
    {
        var permutation = new CodePermutation(Key, 11);
        await using var issued = await StartAsync(new CodesOptions { Mode = CodesOptions.Snowflake, UnissuedLookups = 0 }, permutation);
        long IdAt(TimeSpan fromNow) => (long)(_time.GetUtcNow() + fromNow - SnowflakeIds.Epoch).TotalMilliseconds << 22;
        Assert.True(issued.MayExist(permutation.Encode(IdAt(TimeSpan.Zero)).Value));
        Assert.True(issued.MayExist(permutation.Encode(IdAt(IssuedCodes.ClockSlack)).Value));
        Assert.False(issued.MayExist(permutation.Encode(IdAt(IssuedCodes.ClockSlack + TimeSpan.FromMilliseconds(1))).Value));
    }

    [Fact]
    public async Task Asking_allocates_nothing()
    {
        await using var issued = await StartAsync();
        issued.MayExist("abcdefg");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) issued.MayExist("abcdefg");
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private Task<IssuedCodes> StartAsync(params string[] lookalikes) => StartAsync(new CodesOptions { UnissuedLookups = 0 }, _permutation, lookalikes);

    private async Task<IssuedCodes> StartAsync(CodesOptions options, CodePermutation permutation, params string[] lookalikes)
    {
        var issued = new IssuedCodes(_store, new NoLinks(lookalikes), Options.Create(options), _time, NullLogger<IssuedCodes>.Instance);
        await issued.StartAsync(permutation, Cancellation);
        return issued;
    }

    // The refresh runs on a thread of its own once the clock has moved.
    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
        Assert.True(condition());
    }
}

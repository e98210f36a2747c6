using Terse.RateLimiting;
using Terse.Tests.RateLimiting;

namespace Terse.Tests.Contracts;

/// <summary>The clauses of <see cref="IRateLimitStore"/>.</summary>
public abstract class RateLimitStoreContract : ContractSuite
{
    private static readonly RateLimitAlgorithm[] Algorithms = Enum.GetValues<RateLimitAlgorithm>();

    public static TheoryData<string> AlgorithmNames => [.. Algorithms.Select(algorithm => algorithm.ToString())];

    private protected abstract IRateLimitStore Store { get; }

    /// <summary>200 random requests each under eight random rules, forwards in time and now and then backwards, against the list of what was allowed.</summary>
    [Theory]
    [MemberData(nameof(AlgorithmNames))]
    public async Task A_request_is_refused_exactly_when_allowing_it_would_break_the_promise(string algorithm)
    {
        for (var seed = 0; seed < 8; seed++)
        {
            var random = new Random(seed);
            var rule = new RateLimitRule($"r{seed}", Enum.Parse<RateLimitAlgorithm>(algorithm), random.Next(1, 8), TimeSpan.FromMilliseconds(random.Next(1_000, 3_000)), random.Next(1, 8));
            var model = new RateLimitModel(rule);
            var (at, latest) = (Now.ToUnixTimeMilliseconds(), 0L);
            for (var step = 0; step < 200; step++)
            {
                at += random.Next(10) == 0 ? -random.Next(200) : random.Next((int)(rule.WindowMilliseconds * 3 / rule.Limit / 2));
                latest = Math.Max(latest, at);
                var expected = model.Allows(latest);
                var decision = await TakeAsync(rule, "subject", at);
                Assert.True(expected == decision.IsAllowed, $"{rule}, step {step}: {decision}");
                if (expected)
                {
                    Assert.Equal(model.Delay(latest), (long)decision.Delay.TotalMilliseconds);
                    model.Allow(latest);
                    continue;
                }

                // A refusal says when a request will be allowed, to the millisecond.
                var retry = (long)decision.RetryAfter.TotalMilliseconds;
                Assert.True(model.Allows(latest + retry) && !model.Allows(latest + retry - 1), $"{rule}, step {step}: {decision}");
                Assert.True(decision.ResetAfter >= decision.RetryAfter, $"{rule}, step {step}: {decision}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(AlgorithmNames))]
    public async Task Of_many_at_once_exactly_as_many_are_allowed_as_the_limit_says(string algorithm)
    {
        var rule = Rule(algorithm, 20);
        var decisions = await AtOnceAsync(200, _ => Store.TakeAsync(rule, "subject", Now, Cancellation));
        Assert.Equal(20, decisions.Count(decision => decision.IsAllowed));
        Assert.Equal(Enumerable.Range(0, 20).Select(left => (long)left), decisions.Where(decision => decision.IsAllowed).Select(decision => decision.Remaining).Order());
        if (rule.Algorithm == RateLimitAlgorithm.LeakyBucket)
            Assert.Equal(20, decisions.Where(decision => decision.IsAllowed).Select(decision => decision.Delay).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(AlgorithmNames))]
    public async Task A_refused_request_does_not_count(string algorithm)
    {
        var rule = Rule(algorithm, 2);
        var at = Now.ToUnixTimeMilliseconds();
        for (var i = 0; i < 2; i++) Assert.True((await TakeAsync(rule, "subject", at)).IsAllowed);
        var first = await TakeAsync(rule, "subject", at);
        for (var i = 0; i < 20; i++) Assert.Equal(first.RetryAfter, (await TakeAsync(rule, "subject", at)).RetryAfter);
        Assert.True((await TakeAsync(rule, "subject", at + (long)first.RetryAfter.TotalMilliseconds)).IsAllowed);
    }

    [Theory]
    [MemberData(nameof(AlgorithmNames))]
    public async Task Subjects_and_rules_do_not_share(string algorithm)
    {
        var (one, other) = (Rule(algorithm, 1), Rule(algorithm, 1) with { Name = "other" });
        Assert.True((await Store.TakeAsync(one, "subject", Now, Cancellation)).IsAllowed);
        Assert.False((await Store.TakeAsync(one, "subject", Now, Cancellation)).IsAllowed);
        Assert.True((await Store.TakeAsync(one, "another", Now, Cancellation)).IsAllowed);
        Assert.True((await Store.TakeAsync(other, "subject", Now, Cancellation)).IsAllowed);
    }

    [Theory]
    [MemberData(nameof(AlgorithmNames))]
    public async Task After_the_reset_all_is_as_at_the_start(string algorithm)
    {
        var rule = Rule(algorithm, 5);
        var at = Now.ToUnixTimeMilliseconds();
        var start = await TakeAsync(rule, "subject", at);
        for (var i = 0; i < 3; i++) await TakeAsync(rule, "subject", at);
        var reset = (await TakeAsync(rule, "subject", at)).ResetAfter;
        Assert.Equal(start.Remaining, (await TakeAsync(rule, "subject", at + (long)reset.TotalMilliseconds)).Remaining);
    }

    private static RateLimitRule Rule(string algorithm, int limit) => new("rule", Enum.Parse<RateLimitAlgorithm>(algorithm), limit, TimeSpan.FromSeconds(10), limit);

    private ValueTask<RateLimitDecision> TakeAsync(RateLimitRule rule, string subject, long at) =>
        Store.TakeAsync(rule, subject, DateTimeOffset.FromUnixTimeMilliseconds(at), Cancellation);
}

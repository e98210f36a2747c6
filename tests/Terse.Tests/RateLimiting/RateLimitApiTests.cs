using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Terse.Links;
using Terse.RateLimiting;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.RateLimiting;

public sealed class RateLimitApiTests
{
    private const string Links = "/api/v1/links";
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Key_beyond_its_limit_is_429_with_headers_and_may_come_again_after_the_wait()
    {
        await using var terse = await StartAsync(("PerKey", "TokenBucket 3/1m"));
        for (var left = 2; left >= 0; left--)
        {
            using var allowed = await terse.Admin.GetAsync(Links, Cancellation);
            Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
            Assert.Equal("\"key\";q=3;w=60", Header(allowed, "RateLimit-Policy"));
            Assert.StartsWith($"\"key\";r={left};t=", Header(allowed, "RateLimit"), StringComparison.Ordinal);
        }

        using (var refused = await terse.Admin.GetAsync(Links, Cancellation))
        {
            await refused.ProblemAsync(429, "rate-limited");
            Assert.Equal(("20", "\"key\";r=0;t=20"), (Header(refused, "Retry-After"), Header(refused, "RateLimit")));
        }

        using (var anonymous = await terse.Anonymous.GetAsync(Links, Cancellation)) Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        terse.Time.Advance(TimeSpan.FromSeconds(20));
        using var again = await terse.Admin.GetAsync(Links, Cancellation);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task Address_is_limited_with_or_without_a_key_and_redirects_are_not()
    {
        await using var terse = await StartAsync(("PerIp", "FixedWindow 2/1h"));
        var code = (await terse.CreateAsync(new { url = "https://example.com/" })).Text("code");
        using (var unauthorized = await terse.Anonymous.GetAsync(Links, Cancellation)) Assert.Equal(HttpStatusCode.Unauthorized, unauthorized.StatusCode);
        using (var refused = await terse.Anonymous.GetAsync(Links, Cancellation)) await refused.ProblemAsync(429, "rate-limited");
        for (var i = 0; i < 5; i++)
        {
            using var redirect = await terse.Anonymous.GetAsync($"/{code}", Cancellation);
            Assert.Equal(HttpStatusCode.Found, redirect.StatusCode);
        }
    }

    [Fact]
    public async Task Route_has_a_limit_of_its_own()
    {
        await using var terse = await StartAsync(("PerRoute", $"POST {Links} = SlidingLog 1/1m; GET {Links}/{{code}} = TokenBucket 2/1m"));
        var code = (await terse.CreateAsync(new { url = "https://example.com/" })).Text("code");
        using (var refused = await terse.Admin.PostJsonAsync(Links, new { url = "https://example.com/" })) await refused.ProblemAsync(429, "rate-limited");
        for (var i = 0; i < 3; i++)
        {
            using var read = await terse.Admin.GetAsync($"{Links}/{code}", Cancellation);
            Assert.Equal(i < 2 ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, read.StatusCode);
            using var listed = await terse.Admin.GetAsync(Links, Cancellation);
            Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
        }
    }

    [Fact]
    public async Task Leaky_bucket_makes_a_request_wait_for_its_turn()
    {
        await using var terse = await StartAsync(("PerKey", "LeakyBucket 1/10s burst 2"));
        using (var first = await terse.Admin.GetAsync(Links, Cancellation)) Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Task<HttpResponseMessage>[] both = [terse.Admin.GetAsync(Links, Cancellation), terse.Admin.GetAsync(Links, Cancellation)];
        var refused = await Task.WhenAny(both);
        using (var response = await refused) await response.ProblemAsync(429, "rate-limited");
        var waiting = both.Single(request => request != refused);
        Assert.False(waiting.IsCompleted);

        // It is known to wait, but not yet since when by the clock.
        await Eventually.TrueAsync(() =>
        {
            if (!waiting.IsCompleted) terse.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(waiting.IsCompleted);
        });
        using var answered = await waiting;
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Theory]
    [InlineData("Open", 200)]
    [InlineData("Closed", 503)]
    public async Task Count_that_cannot_be_asked_lets_pass_or_refuses_as_told(string onFailure, int status)
    {
        await using var terse = await StartAsync(services => services.AddSingleton<IRateLimitStore, UnavailableLimits>(), ("PerKey", "TokenBucket 3/1m"), ("OnFailure", onFailure));
        using var response = await terse.Admin.GetAsync(Links, Cancellation);
        Assert.Equal(status, (int)response.StatusCode);
        if (status == 503) await response.ProblemAsync(503, "limits-unavailable");
    }

    [Theory]
    [InlineData("PerKey", "TokenBucket 600")]
    [InlineData("PerKey", "TokenBucket 0/1m")]
    [InlineData("PerIp", "Bucket 5/1m")]
    [InlineData("PerIp", "SlidingLog 10001/1m")]
    [InlineData("PerRoute", "/api/v1/links = TokenBucket 5/1m")]
    [InlineData("PerRoute", "GET /api/v1/links = TokenBucket 5/2d")]
    [InlineData("Store", "Redis")]
    public async Task Limit_that_is_not_legal_stops_the_start(string name, string value)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync((name, value)));
        Assert.Contains($"Terse:RateLimits:{name}", failure.Message, StringComparison.Ordinal);
    }

    private static Task<TerseInstance> StartAsync(params (string Name, string Value)[] options) => StartAsync(null, options);

    private static Task<TerseInstance> StartAsync(Action<IServiceCollection>? configure, params (string Name, string Value)[] options) => TerseInstance.StartAsync(
        options.ToDictionary(option => $"Terse:RateLimits:{option.Name}", option => (string?)option.Value), configure: configure);

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();

    private sealed class UnavailableLimits : IRateLimitStore
    {
        public ValueTask<RateLimitDecision> TakeAsync(RateLimitRule rule, string subject, DateTimeOffset now, CancellationToken cancellationToken) =>
            throw new StoreUnavailableException("The counts are away.");
    }
}

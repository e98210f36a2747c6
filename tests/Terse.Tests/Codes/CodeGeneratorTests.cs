using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Terse.Codes;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Codes;

public sealed class CodeGeneratorTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CodesOptions.Ranges)]
    [InlineData(CodesOptions.Snowflake)]
    public async Task Ten_million_codes_of_64_nodes_are_all_different(string mode)
    {
        const int nodes = 64, each = 10_000_000 / nodes;
        var store = new InMemoryCodeRangeStore();
        var codes = new UInt128[nodes * each];
        await Parallel.ForAsync(0, nodes, Cancellation, async (node, cancellationToken) =>
        {
            await using var generator = await StartAsync(store, new CodesOptions { Mode = mode }, TimeProvider.System);
            for (var i = 0; i < each; i++) codes[(node * each) + i] = Pack((await generator.NextAsync(cancellationToken)).Value);
        });

        Array.Sort(codes);
        for (var i = 1; i < codes.Length; i++)
            if (codes[i] == codes[i - 1]) Assert.Fail("A code was made twice.");
    }

    [Fact]
    public async Task The_store_is_asked_once_per_range()
    {
        var store = new InMemoryCodeRangeStore();
        await using var generator = await StartAsync(store, new CodesOptions { RangeSize = 100 }, TimeProvider.System);
        for (var i = 0; i < 1000; i++) await generator.NextAsync(Cancellation);
        Assert.InRange(store.Leases, 10, 11);
    }

    [Fact]
    public async Task Many_threads_on_one_node_never_get_the_same_code()
    {
        await using var generator = await StartAsync(new InMemoryCodeRangeStore(), new CodesOptions { RangeSize = 7 }, TimeProvider.System);
        var codes = await Task.WhenAll(Enumerable.Range(0, 20_000).Select(_ => Task.Run(async () => await generator.NextAsync(Cancellation), Cancellation)));
        Assert.Equal(codes.Length, codes.Distinct().Count());
    }

    [Fact]
    public async Task A_node_that_starts_again_goes_on_with_the_same_key_and_new_codes()
    {
        var store = new InMemoryCodeRangeStore();
        var codes = new HashSet<ShortCode>();
        for (var start = 0; start < 5; start++)
        {
            await using var generator = await StartAsync(store, new CodesOptions { RangeSize = 10 }, TimeProvider.System);
            for (var i = 0; i < 5; i++) Assert.True(codes.Add(await generator.NextAsync(Cancellation)));
        }
    }

    [Fact]
    public async Task Snowflake_codes_have_11_characters()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));
        await using var generator = await StartAsync(new InMemoryCodeRangeStore(), new CodesOptions { Mode = CodesOptions.Snowflake }, time);
        Assert.Equal(11, (await generator.NextAsync(Cancellation)).Value.Length);
    }

    [Fact]
    public async Task A_whole_instance_runs_on_snowflakes()
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Codes:Mode"] = "Snowflake" });
        var link = await terse.CreateAsync(new { url = "https://example.com/" });
        Assert.Equal(11, link.Text("code").Length);
        using var click = await terse.Anonymous.GetAsync($"/{link.Text("code")}", Cancellation);
        Assert.Equal(302, (int)click.StatusCode);
    }

    internal static async Task<CodeGenerator> StartAsync(ICodeRangeStore store, CodesOptions options, TimeProvider time)
    {
        var issued = new IssuedCodes(store, new NoLinks(), Options.Create(options), time, NullLogger<IssuedCodes>.Instance);
        var generator = new CodeGenerator(store, Options.Create(options), time, issued);
        await generator.StartAsync(Cancellation);
        return generator;
    }

    private static UInt128 Pack(string code)
    {
        var number = UInt128.Zero;
        foreach (var c in code) number = (number * 128) + c;
        return number;
    }
}

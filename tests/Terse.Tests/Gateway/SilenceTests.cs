using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Terse.Gateway;
using Terse.Tests.Infrastructure;
using Yarp.ReverseProxy;

namespace Terse.Tests.Gateway;

/// <summary>Nodes that hold what they are asked, at a clock that the test moves. A request itself may take a minute.</summary>
public sealed class SilenceTests : IAsyncLifetime
{
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(300);

    // In each silence that is too long, as SilentNodes does.
    private const int Looks = 6;

    private readonly FakeTimeProvider _time = new();
    private EchoNode _one = null!;
    private EchoNode _other = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_one, _other) = (await EchoNode.StartAsync("one"), await EchoNode.StartAsync("other"));

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task What_a_silent_node_holds_is_asked_of_another_and_what_comes_then_too()
    {
        await using var gateway = await StartAsync(_one, _other);
        var paths = await PathsOfAsync(_one, gateway);
        _one.Hold();
        var held = paths.Select(path => gateway.AskAsync(path)).ToArray();
        await Redirects.Eventually.Is(paths.Length * 2, () => _one.Requests);
        _time.Advance(Silence / 2);
        await Redirects.Eventually.Is(1, () => _one.Probes);
        _time.Advance(Silence / 2);
        Assert.All(await Task.WhenAll(held), name => Assert.Equal("other", name));
        Assert.All(await Task.WhenAll(paths.Select(path => gateway.AskAsync(path))), name => Assert.Equal("other", name));
    }

    [Fact]
    public async Task A_node_that_is_slow_with_one_link_and_answers_others_is_waited_for()
    {
        await using var gateway = await StartAsync(_one, _other);
        var paths = await PathsOfAsync(_one, gateway);
        _one.Hold();
        var slow = gateway.AskAsync(paths[0]);
        await Redirects.Eventually.Is(paths.Length + 1, () => _one.Requests);
        var answered = _one.LetOthersPass();
        for (var i = 0; i < 20; i++)
        {
            await LookAsync(4);
            Assert.Equal("one", await gateway.AskAsync(paths[1]));
        }

        Assert.False(slow.IsCompleted);
        answered.TrySetResult();
        Assert.Equal("one", await slow);
    }

    [Fact]
    public async Task A_node_that_answers_nobody_and_says_that_it_lives_is_waited_for()
    {
        await using var gateway = await StartAsync(_one, _other);
        var path = (await PathsOfAsync(_one, gateway))[0];
        var before = _one.Requests;
        _one.Lives = true;
        _one.Hold();
        var held = gateway.AskAsync(path);
        await Redirects.Eventually.Is(before + 1, () => _one.Requests);
        for (var probe = 1; probe <= 10; probe++)
        {
            _time.Advance(Silence / 2);
            await Redirects.Eventually.Is(probe, () => _one.Probes);
            await Redirects.Eventually.Is(0, () => SilenceOf(_one, gateway).Length.Ticks);
        }

        Assert.False(held.IsCompleted);
        _one.Release();
        Assert.Equal("one", await held);
    }

    [Fact]
    public async Task A_silent_node_is_waited_for_where_nothing_is_asked_twice()
    {
        await using var gateway = await StartAsync([_one, _other], ("Terse:Gateway:Retries", "0"));
        var path = (await PathsOfAsync(_one, gateway))[0];
        var before = _one.Requests;
        _one.Hold();
        var held = gateway.AskAsync(path);
        await Redirects.Eventually.Is(before + 1, () => _one.Requests);
        await LookAsync(10 * Looks);
        _one.Release();
        Assert.Equal("one", await held);
    }

    [Fact]
    public async Task A_silent_node_is_waited_for_where_no_other_is_well()
    {
        await using var gateway = await StartAsync(_one);
        _one.Hold();
        var held = gateway.AskAsync("/code");
        await Redirects.Eventually.Is(1, () => _one.Requests);
        await LookAsync(10 * Looks);
        _one.Release();
        Assert.Equal("one", await held);
    }

    [Fact]
    public async Task A_password_that_was_sent_to_a_silent_node_is_not_sent_again()
    {
        await using var gateway = await StartAsync(_one, _other);
        var paths = await PathsOfAsync(_one, gateway);
        var before = _other.Requests;
        _one.Hold();
        using var form = new FormUrlEncodedContent([new("password", "secret")]);
        var held = gateway.Client.PostAsync(paths[0], form, Cancellation);
        await Redirects.Eventually.Is(paths.Length + 1, () => _one.Requests);
        await LookAsync(10 * Looks);
        _one.Release();
        using var answer = await held;
        Assert.Equal(("one", before), ((await answer.JsonAsync()).Text("node"), _other.Requests));
    }

    private Task<GatewayInstance> StartAsync(params EchoNode[] nodes) => StartAsync(nodes, []);

    private Task<GatewayInstance> StartAsync(EchoNode[] nodes, params (string Name, string Value)[] settings) => GatewayInstance.StartAsync(
        nodes.Select(static node => node.Url), _time, [("Terse:Gateway:SilenceTimeout", $"{Silence}"), ("Terse:Gateway:RedirectTimeout", "00:01:00"), .. settings]);

    private static NodeSilence SilenceOf(EchoNode node, GatewayInstance gateway)
    {
        Assert.True(gateway.App.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster(GatewayMap.Redirects, out var cluster));
        var state = cluster.DestinationsState.AllDestinations.Single(one => new Uri(one.Model.Config.Address) == node.Url);
        return gateway.App.Services.GetRequiredService<SilentNodes>().Of(state);
    }

    /// <summary>Paths that the gateway asks of a node.</summary>
    private static async Task<string[]> PathsOfAsync(EchoNode node, GatewayInstance gateway)
    {
        var paths = new List<string>();
        for (var i = 0; paths.Count < 5; i++)
            if (await gateway.AskAsync($"/code{i}") == node.Name) paths.Add($"/code{i}");
        return [.. paths];
    }

    private async Task LookAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _time.Advance(Silence / Looks);
            await Task.Yield();
        }
    }
}

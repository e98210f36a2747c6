using Microsoft.Extensions.Hosting;
using Terse.Hosting;
using Terse.Migration;
using Terse.Tests.Contracts;

namespace Terse.Tests.Migration;

/// <summary>A copy that breaks off, and the run after it.</summary>
public sealed class BackfillTests : IAsyncLifetime
{
    private const int Links = 1_200;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("terse-backfill-");
    private IHost _from = null!;
    private IHost _to = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string StateFile => Path.Combine(_folder.FullName, "state.json");

    public async ValueTask InitializeAsync()
    {
        (_from, _to) = (await OpenAsync("from"), await OpenAsync("to"));
        await StoreSet.From(_from.Services).Links.AddManyAsync([.. Enumerable.Range(0, Links).Select(number => ALink.Of($"link{number}"))], Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in (IHost[])[_from, _to])
        {
            await host.StopAsync(Cancellation);
            host.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_interrupted_copy_goes_on_where_it_broke_off()
    {
        await BreakOffAsync();
        Assert.InRange(await CountAsync(), 1, Links - 1);

        var seen = new Reports();
        Assert.Equal(Links, await Copy().RunAsync("move", seen, Cancellation));

        Assert.Equal(Links, await CountAsync());
        Assert.Equal([1_000, Links], seen.Values);
        Assert.Equal(0, await new Verification(StoreSet.From(_from.Services), StoreSet.From(_to.Services)).RunAsync(new Reports(), Cancellation));
    }

    [Fact]
    public async Task A_state_that_cannot_be_read_begins_at_the_beginning()
    {
        await BreakOffAsync();
        var whole = await File.ReadAllTextAsync(StateFile, Cancellation);
        await File.WriteAllTextAsync(StateFile, whole[..(whole.Length / 2)], Cancellation);

        var seen = new Reports();
        Assert.Equal(Links, await Copy().RunAsync("move", seen, Cancellation));

        Assert.Equal([500, 1_000, Links], seen.Values);
        Assert.Equal(Links, await CountAsync());
        Assert.Equal([StateFile], Directory.GetFiles(_folder.FullName));
    }

    /// <summary>Runs until the first page is copied and written down.</summary>
    private async Task BreakOffAsync()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Copy().RunAsync("move", new Reports(stop.Cancel), stop.Token));
    }

    private Backfill Copy() => new(StoreSet.From(_from.Services), StoreSet.From(_to.Services), StateFile);

    private ValueTask<long> CountAsync() => StoreSet.From(_to.Services).Links.CountAsync(Cancellation);

    private Task<IHost> OpenAsync(string name) => Stores.OpenAsync(
        StoreName.ToSettings($"sqlite:{Path.Combine(_folder.FullName, name)}"), mayCreate: true, static _ => { }, Cancellation);

    private sealed class Reports(Action? first = null) : IProgress<long>
    {
        public List<long> Values { get; } = [];

        public void Report(long value)
        {
            Values.Add(value);
            first?.Invoke();
        }
    }
}

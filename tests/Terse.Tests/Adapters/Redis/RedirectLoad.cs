using System.Collections.Concurrent;

namespace Terse.Tests.Adapters.Redis;

/// <summary>Clients that follow links one after the other, as fast as they are answered, and count what is not a redirect to the right place.</summary>
internal sealed class RedirectLoad : IAsyncDisposable
{
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _clients;
    private readonly ConcurrentBag<TimeSpan> _slow = [];
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private long _answered;

    /// <summary>Starts to follow; <paramref name="expected"/> is path and destination of each link.</summary>
    public RedirectLoad(HttpClient node, IReadOnlyList<(string Path, string Destination)> expected, int clients = 4) =>
        _clients = [.. Enumerable.Range(0, clients).Select(client => Task.Run(() => FollowAsync(node, expected, client)))];

    public long Answered => Volatile.Read(ref _answered);

    /// <summary>What went wrong, and how often.</summary>
    public ConcurrentDictionary<string, int> Failures { get; } = new();

    /// <summary>Waits until so many more have been answered.</summary>
    public Task MoreAsync(int count)
    {
        var until = Answered + count;
        return RedisNode.UntilAsync(() => Task.FromResult(Answered >= until));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Answered} redirects in {TimeProvider.System.GetElapsedTime(_started).TotalSeconds:F1} s, {Failures.Values.Sum()} failed, {_slow.Count} took longer than {Slow.TotalMilliseconds} ms, "
            + $"the slowest {_slow.Append(TimeSpan.Zero).Max().TotalMilliseconds:F0} ms");
        _stop.Dispose();
    }

    private async Task FollowAsync(HttpClient node, IReadOnlyList<(string Path, string Destination)> expected, int client)
    {
        for (var i = client; !_stop.IsCancellationRequested; i++)
        {
            var (path, destination) = expected[i % expected.Count];
            var started = TimeProvider.System.GetTimestamp();
            var what = await AskAsync(node, path);
            if (TimeProvider.System.GetElapsedTime(started) is var took && took > Slow) _slow.Add(took);
            if (what != destination) Failures.AddOrUpdate(what, 1, static (_, count) => count + 1);
            Interlocked.Increment(ref _answered);
        }
    }

    private static async Task<string> AskAsync(HttpClient node, string path)
    {
        try
        {
            using var response = await node.GetAsync(path, CancellationToken.None);
            return response.Headers.Location?.OriginalString ?? $"{(int)response.StatusCode}";
        }
        catch (HttpRequestException exception)
        {
            return exception.Message;
        }
    }
}

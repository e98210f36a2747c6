using Terse.Codes;
using Terse.Links;
using Terse.Tests.Contracts;

namespace Terse.Tests.Histories;

/// <summary>Link stores behind their port: one for each node, all on the same data. The value is the link's version.</summary>
internal sealed class StoreTarget(params ILinkStore[] nodes) : IHistoryTarget
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task<Outcome> AddAsync(string code, long value, int node)
    {
        var result = await TryAsync<AddResult>(async () => await Node(node).AddAsync(Link(code, value), Cancellation));
        return result switch { AddResult.Added => Outcome.Done, AddResult.Taken => Outcome.Taken, _ => Outcome.Unknown };
    }

    public async Task<(Outcome Outcome, long? Value)> FindAsync(string code, int node)
    {
        try
        {
            var link = await Node(node).FindAsync(ShortCode.Parse(code), Cancellation);
            if (link is not null) Assert.Equal(Destination(code, link.Version), link.Destination);
            return (Outcome.Done, link?.Version);
        }
        catch (StoreUnavailableException)
        {
            return (Outcome.Unknown, null);
        }
    }

    public async Task<Outcome> ReplaceAsync(string code, long expected, long value, int node) =>
        Of(await TryAsync<ChangeResult>(async () => await Node(node).ReplaceAsync(Link(code, value), expected, Cancellation)));

    public async Task<Outcome> RemoveAsync(string code, long expected, int node) =>
        Of(await TryAsync<ChangeResult>(async () => await Node(node).RemoveAsync(ShortCode.Parse(code), expected, Cancellation)));

    private static Outcome Of(ChangeResult? result) => result switch
    {
        ChangeResult.Done => Outcome.Done,
        ChangeResult.Missing => Outcome.Missing,
        ChangeResult.Stale => Outcome.Stale,
        _ => Outcome.Unknown,
    };

    private static async Task<T?> TryAsync<T>(Func<Task<T>> call)
        where T : struct
    {
        try
        {
            return await call();
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private static Link Link(string code, long value) => ALink.Of(code, Destination(code, value)) with { Version = value, Tags = [$"t{value % 3}"] };

    private static string Destination(string code, long value) => $"https://example.com/{code}/{value}";

    private ILinkStore Node(int node) => nodes[node % nodes.Length];
}

using Microsoft.Extensions.DependencyInjection;
using Terse.Adapters.DuckDb;
using Terse.Clicks;
using Terse.Codes;

namespace Terse.Tests.Clicks;

/// <summary>The real store, but for one link that it refuses until it likes it: what a fault that one record meets looks like.</summary>
internal sealed class PickyStore : IClickStore
{
    private IClickStore _store = null!;

    public bool Likes { get; set; }

    public IClickStore Over(IServiceProvider provider)
    {
        _store = ActivatorUtilities.CreateInstance<DuckDbClickStore>(provider);
        return this;
    }

    public ValueTask<IReadOnlyList<EnrichedClick>> WriteAsync(string source, IReadOnlyList<EnrichedClick> clicks, CancellationToken cancellationToken) =>
        !Likes && clicks.Any(click => click.Code?.Value == "poison") ? throw new InvalidOperationException("It does not like it.") : _store.WriteAsync(source, clicks, cancellationToken);

    public ValueTask<long?> ReadWatermarkAsync(string source, CancellationToken cancellationToken) => _store.ReadWatermarkAsync(source, cancellationToken);

    public ValueTask<byte[]> ReadSaltAsync(DateOnly day, CancellationToken cancellationToken) => _store.ReadSaltAsync(day, cancellationToken);

    public ValueTask<IReadOnlyList<ClickPoint>> ReadSeriesAsync(ClickQuery query, ClickUnit unit, CancellationToken cancellationToken) => _store.ReadSeriesAsync(query, unit, cancellationToken);

    public ValueTask<IReadOnlyList<ClickGroup>> ReadTopAsync(ClickQuery query, ClickDimension dimension, int limit, CancellationToken cancellationToken) =>
        _store.ReadTopAsync(query, dimension, limit, cancellationToken);

    public ValueTask<IReadOnlyDictionary<ShortCode, ClickCounts>> ReadTotalsAsync(IReadOnlyCollection<ShortCode> codes, CancellationToken cancellationToken) =>
        _store.ReadTotalsAsync(codes, cancellationToken);

    public ValueTask EraseAsync(ShortCode code, DateTimeOffset before, CancellationToken cancellationToken) => _store.EraseAsync(code, before, cancellationToken);

    public ValueTask RollUpAsync(DateTimeOffset now, ClickRetention retention, CancellationToken cancellationToken) => _store.RollUpAsync(now, retention, cancellationToken);
}

using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Terse.Codes;

/// <summary>Makes codes: an id from the leased range, or from the Snowflake clock, pushed through the instance's permutation.</summary>
internal sealed class CodeGenerator(ICodeRangeStore store, IOptions<CodesOptions> options, TimeProvider time, IssuedCodes issued) : IHostedService, IAsyncDisposable
{
    private readonly LeasedRanges _ranges = new(store, options.Value.RangeSize, issued);
    private readonly SnowflakeIds _snowflakes = new(store, options.Value, time);
    private readonly bool _usesSnowflakes = options.Value.Mode == CodesOptions.Snowflake;
    private CodePermutation? _permutation;

    /// <summary>A code that this instance has never made before, on any node.</summary>
    /// <exception cref="CodesUnavailableException">Snowflake mode: the clock is too far back, or the machine id was lost.</exception>
    public async ValueTask<ShortCode> NextAsync(CancellationToken cancellationToken)
    {
        var permutation = _permutation ?? throw new InvalidOperationException("Codes are made after the start only.");
        var id = _usesSnowflakes ? await _snowflakes.NextAsync(cancellationToken) : await _ranges.NextAsync(cancellationToken);
        if (id >= permutation.MaxIds)
            throw new CodesUnavailableException("All codes of this length are used up. Switch to Terse:Codes:Mode=Snowflake.");
        return permutation.Encode(id);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var key = await store.GetOrAddKeyAsync(RandomNumberGenerator.GetBytes(32), cancellationToken);
        _permutation = new CodePermutation(key, options.Value.CodeLength);
        await issued.StartAsync(_permutation, cancellationToken);
        if (_usesSnowflakes) await _snowflakes.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _usesSnowflakes ? _snowflakes.StopAsync(cancellationToken) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _snowflakes.DisposeAsync();
        _ranges.Dispose();
    }
}

/// <summary>No code can be made now; the message says why. The API answers 503.</summary>
internal sealed class CodesUnavailableException(string message) : Exception(message);

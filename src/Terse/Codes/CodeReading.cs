using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Terse.Codes;

/// <summary>
/// The start of a node that follows codes and makes none: it reads the permutation's key and the high water, and leases neither ids nor a machine id.
/// </summary>
internal sealed class CodeReading(ICodeRangeStore store, IOptions<CodesOptions> options, IssuedCodes issued) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // The first node of a new fleet makes the key, whatever its role.
        var key = await store.GetOrAddKeyAsync(RandomNumberGenerator.GetBytes(32), cancellationToken);
        await issued.StartAsync(new CodePermutation(key, options.Value.CodeLength), cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

using Microsoft.Extensions.Options;
using Terse.ApiKeys;

namespace Terse.Hosting;

/// <summary>Makes the admin key of a new instance before the first request can come.</summary>
internal sealed class FirstKey(ApiKeyRing keys, IOptions<TerseOptions> options) : IHostedService
{
    /// <summary>The key to show, once; null when it is an old instance, or when the operator gave the key.</summary>
    public ApiKeyText? ToShow { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var given = options.Value.BootstrapKey;
        var made = await keys.CreateFirstAsync(given, cancellationToken);
        ToShow = given.Length == 0 ? made : null;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

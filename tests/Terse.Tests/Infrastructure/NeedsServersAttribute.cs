using Xunit.v3;

namespace Terse.Tests.Infrastructure;

/// <summary>Marks tests that start a server from outside .NET: `./build.sh fast` leaves them out, `./build.sh test` runs them.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsServersAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Needs", "Servers")];
}

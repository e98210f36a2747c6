using Terse.Codes;
using Terse.Tests.Contracts;

namespace Terse.Tests.Codes;

/// <summary>The stand-in of the codes' tests obeys the port like the engines do.</summary>
public sealed class InMemoryCodeRangeStoreTests : CodeRangeStoreContract
{
    private readonly InMemoryCodeRangeStore _store = new();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private protected override ValueTask<ICodeRangeStore> OpenAsync() => ValueTask.FromResult<ICodeRangeStore>(_store);
}

using System.Text;

#pragma warning disable CA1822, CS0649 // What hides a use below has no other purpose.

namespace Terse.Tests.Architecture;

/// <summary>The reader of compiled code sees every kind of use: each method and type below hides one.</summary>
public sealed class TypeUsesTests
{
    private static readonly Dictionary<string, HashSet<string>> Uses = TypeUses.Of(typeof(TypeUsesTests).Assembly.Location);

    [Theory]
    [InlineData(typeof(InAField))]
    [InlineData(typeof(InALambda))]
    [InlineData(typeof(InAnAsyncMethod))]
    [InlineData(typeof(InAnIterator))]
    [InlineData(typeof(AsAGenericArgument))]
    [InlineData(typeof(InAnArrayOfAnArgument))]
    [InlineData(typeof(InACall))]
    [InlineData(typeof(InTypeof))]
    [InlineData(typeof(InACatch))]
    [InlineData(typeof(InAnAttribute))]
    [InlineData(typeof(AsAConstraint))]
    [InlineData(typeof(AsABase))]
    public void A_use_is_seen(Type user) => Assert.Contains(Uses[user.FullName!], used => used.StartsWith("Terse.Tests.Architecture.Hidden", StringComparison.Ordinal));

    [Fact]
    public void No_use_is_seen_where_there_is_none() =>
        Assert.DoesNotContain(Uses[typeof(Innocent).FullName!], used => used.StartsWith("Terse.Tests.Architecture.Hidden", StringComparison.Ordinal));
}

internal class Hidden : Exception
{
    public static string Name => nameof(Hidden);

    public static Hidden? Find() => null;
}

[AttributeUsage(AttributeTargets.All)]
internal sealed class HiddenInAttribute(Type type) : Attribute
{
    public Type Type { get; } = type;
}

internal sealed class InAField
{
    public Hidden? Field;
}

internal sealed class InALambda
{
    public Func<int, string> Lambda { get; } = number => number + Hidden.Name;
}

internal sealed class InAnAsyncMethod
{
    public async Task RunAsync()
    {
        await Task.Yield();
        GC.KeepAlive(Hidden.Find());
    }
}

internal sealed class InAnIterator
{
    public IEnumerable<object> Run()
    {
        yield return Hidden.Name;
    }
}

internal sealed class AsAGenericArgument
{
    public object List { get; } = new List<KeyValuePair<int, Hidden>>();
}

internal sealed class InAnArrayOfAnArgument
{
    public void Run(Hidden[] hidden) => _ = hidden;
}

internal sealed class InACall
{
    public int Length => Hidden.Name.Length;
}

internal sealed class InTypeof
{
    public object Type => typeof(Hidden);
}

internal sealed class InACatch
{
    public int Run()
    {
        try
        {
            return int.Parse("7", null);
        }
        catch (Hidden)
        {
            return 0;
        }
    }
}

[HiddenIn(typeof(Hidden))]
internal sealed class InAnAttribute;

internal sealed class AsAConstraint
{
    public void Run<T>(T value)
        where T : Hidden => _ = value;
}

internal sealed class AsABase : Hidden;

internal sealed class Innocent
{
    public string Run() => new StringBuilder().Append(nameof(Hidden)).ToString();
}

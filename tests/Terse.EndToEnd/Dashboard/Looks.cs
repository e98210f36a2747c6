using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Terse.EndToEnd.Dashboard;

/// <summary>What a page is shown in.</summary>
public enum Look
{
    LightDesk,
    DarkDesk,
    LightPhone,
    DarkPhone,
}

internal static class LookNames
{
    public static bool IsDark(this Look look) => look is Look.DarkDesk or Look.DarkPhone;

    public static bool IsPhone(this Look look) => look is Look.LightPhone or Look.DarkPhone;

    /// <summary>For names that the runs of one flow must not share.</summary>
    public static string Word(this Look look) => look.ToString().ToLowerInvariant();
}

/// <summary>Runs a flow light on a desk and dark on a phone: each theme and each width once. What may differ between them is in a style sheet that knows them apart by nothing else.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BothLooksAttribute() : LooksAttribute(Look.LightDesk, Look.DarkPhone);

/// <summary>Runs a flow in all four looks.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryLookAttribute() : LooksAttribute(Look.LightDesk, Look.DarkDesk, Look.LightPhone, Look.DarkPhone);

/// <summary>The looks that a flow is run in.</summary>
[AttributeUsage(AttributeTargets.Method)]
public class LooksAttribute(params Look[] looks) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. looks.Select(look => new TheoryDataRow<Look>(look))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}

using Terse.Links;

namespace Terse.Tests.Contracts;

internal static class LinkAssert
{
    /// <summary>Equal in every field: records compare their tag lists by reference, so those are compared apart.</summary>
    public static void Same(Link? expected, Link? actual)
    {
        Assert.NotNull(expected);
        Assert.NotNull(actual);
        Assert.Equal(expected.Tags, actual.Tags);
        Assert.Equal(expected with { Tags = [] }, actual with { Tags = [] });
    }
}

using System.Runtime.CompilerServices;

namespace Terse.Tests.Infrastructure;

/// <summary>The checked-in files that tests compare with what the program says.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../.."));

    /// <summary>Asserts that the file has this content; with TERSE_UPDATE_DOCS=1 it is written first.</summary>
    public static async Task AssertFileAsync(string path, string expected)
    {
        var file = Path.Combine(Root, path);
        if (Environment.GetEnvironmentVariable("TERSE_UPDATE_DOCS") == "1") await File.WriteAllTextAsync(file, expected, TestContext.Current.CancellationToken);
        var actual = File.Exists(file) ? await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) : "";
        Assert.True(actual == expected, $"{path} is not what the program says now. Write it anew with TERSE_UPDATE_DOCS=1 ./build.sh fast, and look at the difference.");
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}

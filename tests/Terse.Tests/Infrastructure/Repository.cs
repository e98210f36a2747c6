namespace Terse.Tests.Infrastructure;

/// <summary>The checked-in files that tests compare with what the program says.</summary>
internal static class Repository
{
    /// <summary>The folder of Terse.slnx. Not from [CallerFilePath]: a deterministic build, as CI makes it, writes /_/ there.</summary>
    public static string Root { get; } = Find();

    /// <summary>Asserts that the file has this content; with TERSE_UPDATE_DOCS=1 it is written first.</summary>
    public static async Task AssertFileAsync(string path, string expected)
    {
        var file = Path.Combine(Root, path);
        if (Environment.GetEnvironmentVariable("TERSE_UPDATE_DOCS") == "1") await File.WriteAllTextAsync(file, expected, TestContext.Current.CancellationToken);
        var actual = File.Exists(file) ? await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) : "";
        Assert.True(actual == expected, $"{path} is not what the program says now. Write it anew with TERSE_UPDATE_DOCS=1 ./build.sh fast, and look at the difference.");
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Terse.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        return folder.FullName;
    }
}

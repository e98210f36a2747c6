namespace Terse.Tests.Docs;

/// <summary>The folder of the repository that these tests were built from.</summary>
internal static class Repository
{
    public static readonly string Root = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Terse.slnx"))) return folder.FullName;
        }
        throw new DirectoryNotFoundException("Terse.slnx is in no folder above the tests.");
    }
}

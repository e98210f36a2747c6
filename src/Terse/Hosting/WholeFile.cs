namespace Terse.Hosting;

/// <summary>A small file of text that is there whole or as it was.</summary>
internal static class WholeFile
{
    /// <summary>Writes it beside and moves it over: nobody reads half of it, and a process that is killed meanwhile leaves what was there before.</summary>
    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        var beside = $"{path}.new";
        await File.WriteAllTextAsync(beside, text, cancellationToken);
        File.Move(beside, path, overwrite: true);
    }
}

namespace Terse.Servers;

/// <summary>Finds the programs that tests run. A missing one is a failure that says how to get it, never a skipped test.</summary>
internal static class Programs
{
    private static readonly string[] MorePlaces = ["/usr/local/bin", "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"];

    /// <summary>
    /// The path of <paramref name="program"/>: what the environment variable TERSE_TEST_ plus its name says, else the first one in PATH,
    /// the usual places, or <paramref name="places"/>.
    /// </summary>
    public static string Find(string program, params IEnumerable<string> places)
    {
        var variable = Variable(program);
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } told)
            return File.Exists(told) ? told : throw Missing($"{variable} names {told}, which does not exist.", variable);

        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return path.Concat(MorePlaces).Concat(places).Select(place => Path.Combine(place, program)).FirstOrDefault(File.Exists)
            ?? throw Missing($"{program} was not found.", variable);
    }

    /// <summary>A file of a package that `./build.sh test` has installed from npm.</summary>
    public static string FindInNpm(string package, string file)
    {
        var variable = Variable(package);
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } told)
            return File.Exists(told) ? told : throw Missing($"{variable} names {told}, which does not exist.", variable);

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "artifacts", "npm", "node_modules", package, file);
            if (File.Exists(candidate)) return candidate;
        }

        throw Missing($"The npm package {package} was not found in artifacts/npm.", variable);
    }

    private static string Variable(string program) =>
        "TERSE_TEST_" + new string([.. program.TrimStart('@').Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToUpperInvariant(letter) : '_')]);

    private static InvalidOperationException Missing(string what, string variable) =>
        new($"{what} Run ./build.sh test, which installs what the tests need or says what to install, or set {variable} to its path.");
}

namespace Terse.Hosting;

/// <summary>The directory of the embedded stores, held by one server at a time.</summary>
internal static class DataDirectory
{
    /// <summary>Makes the directory, readable by its owner only, since the permutation key and the hashed API keys live in it.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public static void Ensure(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
            else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The data directory {path} cannot be made: {e.Message} Choose another one with --data.");
        }
    }

    /// <summary>Holds the directory against a second server, until disposed or until the process ends, however it ends.</summary>
    /// <exception cref="CommandException">Another process holds it, or it cannot be written to.</exception>
    public static IDisposable Hold(string path)
    {
        Ensure(path);
        try
        {
            return new FileStream(Path.Combine(path, "terse.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandException($"The data directory {path} cannot be written to: {e.Message} Choose another one with --data.");
        }
        catch (IOException)
        {
            throw new CommandException($"The data directory {path} is in use by a running terse. Stop that one, or choose another directory with --data.");
        }
    }
}

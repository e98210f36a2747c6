namespace Terse.Hosting;

/// <summary>The address of a running server, as the command line names it. System.CommandLine parses no <see cref="Uri"/>.</summary>
internal static class ServerAddress
{
    /// <exception cref="CommandException">It is not an address.</exception>
    public static Uri Parse(string text) => Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme is ("http" or "https")
        ? server
        : throw new CommandException($"--server takes an address such as http://localhost:5080, not \"{text}\".");
}

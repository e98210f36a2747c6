using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Terse.Hosting;

/// <summary>Ends a verb that cannot go on with a sentence that says what to do, and exit code 1. A defect of ours still shows its stack.</summary>
internal static class CommandFailure
{
    public static async Task<int> ReportAsync(Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (Exception e) when (Explain(e) is { } sentences)
        {
            foreach (var sentence in sentences) await Console.Error.WriteLineAsync($"terse: {sentence}");
            return 1;
        }
    }

    private static IEnumerable<string>? Explain(Exception exception) => exception switch
    {
        OptionsValidationException invalid => invalid.Failures,
        InvalidOperationException { InnerException: FormatException or ArgumentException or OverflowException } badValue =>
            [badValue.Message],
        IOException { InnerException: SocketException or Microsoft.AspNetCore.Connections.AddressInUseException } inUse =>
            [$"{inUse.Message} Choose another address with --urls."],
        SocketException socket => [$"{socket.Message}. Choose another address with --urls."],
        CommandException said => [said.Message],
        UnauthorizedAccessException denied => [$"{denied.Message} Choose another directory with --data."],
        _ => null,
    };
}

/// <summary>A verb cannot do what it was asked; the message says why, and what to do.</summary>
internal sealed class CommandException(string message) : Exception(message);

using System.CommandLine;
using Terse.Hosting;
using Terse.Links;

namespace Terse.Portability;

/// <summary><c>terse export</c>: everything that an instance holds, to a file or to standard output.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var output = new Option<FileInfo?>("--output", "-o") { Description = "The file to write, made anew. [default: standard output]", HelpName = "FILE" };
        var withoutSecrets = new Option<bool>("--without-secrets")
        {
            Description = "Leave out the permutation key and the hashed API keys. An import of such a file makes links of the same codes, but new keys.",
        };
        var command = new Command("export", "Write links, API keys and the permutation key as JSON Lines; beside a running server too.") { output, withoutSecrets };
        command.SetAction((parsed, cancellationToken) => CommandFailure.ReportAsync(async () =>
        {
            using var host = await Stores.OpenAsync(
                CommonOptions.ToSettings(parsed), mayCreate: false, services => services.AddSingleton<Exporter>(), cancellationToken);
            var exporter = host.Services.GetRequiredService<Exporter>();
            var total = await host.Services.GetRequiredService<ILinkStore>().CountAsync(cancellationToken);
            var file = parsed.GetValue(output);
            var progress = new ConsoleProgress("Exported", total);
            long written;
            await using (var stream = file is null ? Console.OpenStandardOutput() : Create(file))
            await using (var buffered = new BufferedStream(stream, 1 << 16))
                written = await exporter.ExportAsync(buffered, !parsed.GetValue(withoutSecrets), progress, cancellationToken);

            progress.Finish();
            await host.StopAsync(cancellationToken);
            await Console.Error.WriteLineAsync($"Exported {written:N0} links{(file is null ? "" : $" to {file.FullName}")}.");
            if (!parsed.GetValue(withoutSecrets)) await Console.Error.WriteLineAsync("The export holds the key that codes are made with: keep it as you keep a password.");
            return 0;
        }));
        return command;
    }

    private static FileStream Create(FileInfo file)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            return file.Open(options);
        }
        catch (IOException e)
        {
            throw new CommandException($"{file.FullName} cannot be written: {e.Message}");
        }
    }
}

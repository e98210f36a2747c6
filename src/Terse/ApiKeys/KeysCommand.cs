using System.CommandLine;
using Spectre.Console;
using Terse.Auditing;
using Terse.Hosting;
using Terse.Links;

namespace Terse.ApiKeys;

/// <summary><c>terse keys create|list|revoke</c>: works on the stores directly, beside a running server too.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Make, list and revoke API keys.") { CreateKey(), ListKeys(), RevokeKey() };

    private static Command CreateKey()
    {
        var name = new Argument<string>("name") { Description = "Who uses the key.", DefaultValueFactory = _ => "made by terse keys" };
        var scopes = new Option<string[]>("--scope")
        {
            Description = "What it may do: read, write, admin; own keeps read and write to the links that the key made. May be given several times. [default: read and write]",
            AllowMultipleArgumentsPerToken = true,
        };
        var expires = new Option<string?>("--expires") { Description = "How long it works, such as \"90 days\". [default: for ever]", HelpName = "SPAN" };
        var command = new Command("create", "Make a key and show it, this once.") { name, scopes, expires };
        command.SetAction((parsed, cancellationToken) => WithKeysAsync(parsed, async (ring, time) =>
        {
            var named = parsed.GetValue(scopes) is { Length: > 0 } given ? given : ["read", "write"];
            if (!ScopeNames.TryParse(named, out var granted, out var refusal)) throw new CommandException(refusal);
            DateTimeOffset? expiresAt = null;
            if (parsed.GetValue(expires) is { } span)
            {
                if (!Lifetime.TryParse(span, out var lifetime)) throw new CommandException($"--expires takes a span such as \"90 days\" or 8h, not \"{span}\".");
                expiresAt = (time.GetUtcNow() + lifetime.Value).ToMillisecond();
            }

            var label = parsed.GetRequiredValue(name).Trim();
            if (label.Length is 0 or > ApiKeyEndpoints.MaxName) throw new CommandException($"A key's name has 1 to {ApiKeyEndpoints.MaxName} characters.");
            var (_, text) = await ring.CreateAsync(label, granted, expiresAt, Actors.CommandLine, cancellationToken);

            // The key alone on standard output, so that a script can take it.
            Console.WriteLine(text.Text);
            await Console.Error.WriteLineAsync($"Scopes: {string.Join(", ", ScopeNames.Of(granted))}. Keep the key: it is not shown again.");
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command ListKeys()
    {
        var command = new Command("list", "List all keys, without their secrets.");
        command.SetAction((parsed, cancellationToken) => WithKeysAsync(parsed, async (ring, time) =>
        {
            var table = new Table().Border(TableBorder.Simple).AddColumns("Id", "Name", "Scopes", "State", "Created", "Expires");
            foreach (var key in await ring.ListAsync(cancellationToken))
            {
                var shown = ApiKeyResponse.From(key, time.GetUtcNow());
                table.AddRow(
                    key.Id, Markup.Escape(key.Name), string.Join(", ", shown.Scopes), shown.State,
                    $"{key.CreatedAt:yyyy-MM-dd HH:mm}", key.ExpiresAt is { } end ? $"{end:yyyy-MM-dd HH:mm}" : "never");
            }

            AnsiConsole.Write(table);
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command RevokeKey()
    {
        var id = new Argument<string>("id") { Description = "The key's id, as terse keys list shows it." };
        var command = new Command("revoke", "Revoke a key for ever.") { id };
        command.SetAction((parsed, cancellationToken) => WithKeysAsync(parsed, async (ring, _) =>
        {
            var named = parsed.GetRequiredValue(id);
            if (!await ring.RevokeAsync(named, Actors.CommandLine, cancellationToken)) throw new CommandException($"No usable key has the id {named}. See: terse keys list");
            Console.WriteLine($"Revoked {named}. A running server refuses it within {ApiKeyRing.Memory.TotalSeconds:0} seconds.");
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Task<int> WithKeysAsync(ParseResult parsed, Func<ApiKeyRing, TimeProvider, Task<int>> verb, CancellationToken cancellationToken) =>
        CommandFailure.ReportAsync(async () =>
        {
            using var host = await Stores.OpenAsync(
                CommonOptions.ToSettings(parsed), mayCreate: false, services => services.AddAuditLog().AddSingleton<ApiKeyRing>(), cancellationToken);
            var exitCode = await verb(host.Services.GetRequiredService<ApiKeyRing>(), host.Services.GetRequiredService<TimeProvider>());
            await host.StopAsync(cancellationToken);
            return exitCode;
        });
}

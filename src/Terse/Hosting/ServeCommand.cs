using System.CommandLine;
using Microsoft.Extensions.Options;
using Terse.Admin.Session;

namespace Terse.Hosting;

/// <summary><c>terse serve</c>: the whole product in one process, or a node of a fleet.</summary>
internal static class ServeCommand
{
    public static readonly Option<string?> Urls = new("--urls")
    {
        Description = "The addresses to listen on, separated by semicolons. [default: http://localhost:5080]",
        HelpName = "URL",
    };

    public static readonly Option<string?> Roles = new("--roles")
    {
        Description = "What this node does: All, or one or more of Redirect, Api, Clicks, Admin, separated by commas. [default: All]",
        HelpName = "ROLES",
    };

    public static Command Create()
    {
        var command = new Command("serve", "Serve redirects, the API and the pages (the default).") { Urls, Roles };
        command.SetAction((parsed, cancellationToken) => CommandFailure.ReportAsync(async () =>
        {
            var settings = CommonOptions.ToSettings(parsed);
            if (parsed.GetValue(Urls) is { } urls) settings["Terse:Urls"] = urls;
            if (parsed.GetValue(Roles) is { } roles) settings["Terse:Roles"] = roles;

            await using var app = TerseApp.Create(settings);
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            using var held = DataDirectory.Hold(app.Services.GetRequiredService<IOptions<TerseOptions>>().Value.DataDirectory);
            await app.StartAsync(cancellationToken);
            Greet(app);
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }));
        return command;
    }

    private static void Greet(WebApplication app)
    {
        var url = app.Urls.First().Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
        var options = app.Services.GetRequiredService<IOptions<TerseOptions>>().Value;
        Console.WriteLine($"""

            Terse is ready{(options.NodeRoles == NodeRoles.All ? "" : $" as {options.NodeRoles}, at {url}")}.
              Short links    {(options.PublicUrl.Length > 0 ? options.PublicUrl.TrimEnd('/') : url)}
              Dashboard      {url}{app.Services.GetService<FirstVisit>()?.Path ?? "/admin"}
              API reference  {url}/docs
              Data           {options.DataDirectory}
            """);
        if (app.Services.GetService<FirstKey>()?.ToShow is { } key)
        {
            Console.WriteLine($"""
                  Admin key      {key.Text}
                                 (shown this once: keep it. Lost it? terse keys create --scope admin)

                Try it:
                  curl -H "X-Api-Key: {key.Text}" -H "Content-Type: application/json" \
                       -d '{"{"}"url": "https://example.com/a/long/path"{"}"}' {url}/api/v1/links
                """);
        }

        Console.WriteLine();
    }
}

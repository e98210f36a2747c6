using System.CommandLine;
using Microsoft.Extensions.Options;
using Terse.Hosting;

namespace Terse.Gateway;

/// <summary><c>terse gateway</c>: what stands in front of a fleet.</summary>
internal static class GatewayCommand
{
    private static readonly Option<string?> RedirectNodes = new("--redirect-nodes") { Description = "The nodes that follow links: http://HOST:PORT, separated by commas.", HelpName = "NODES" };
    private static readonly Option<string?> ApiNodes = new("--api-nodes") { Description = "The nodes of the API. [default: the redirect nodes]", HelpName = "NODES" };
    private static readonly Option<string?> AdminNodes = new("--admin-nodes") { Description = "The nodes of the admin pages. [default: the API nodes]", HelpName = "NODES" };
    private static readonly Option<string?> Policy = new("--policy")
    {
        Description = "How links are shared out: ConsistentHash, RoundRobin, LeastConnections or PowerOfTwo. [default: ConsistentHash]",
        HelpName = "POLICY",
    };

    public static Command Create()
    {
        var command = new Command("gateway", "Stand in front of a fleet: links to redirect nodes, the API to API nodes.") { ServeCommand.Urls, RedirectNodes, ApiNodes, AdminNodes, Policy };
        command.SetAction((parsed, cancellationToken) => CommandFailure.ReportAsync(async () =>
        {
            var settings = CommonOptions.ToSettings(parsed);
            Set("Terse:Urls", ServeCommand.Urls);
            Set("Terse:Gateway:RedirectNodes", RedirectNodes);
            Set("Terse:Gateway:ApiNodes", ApiNodes);
            Set("Terse:Gateway:AdminNodes", AdminNodes);
            Set("Terse:Gateway:Policy", Policy);

            await using var app = GatewayApp.Create(settings);
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            await app.StartAsync(cancellationToken);
            var gateway = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
            Console.WriteLine($"Terse's gateway is ready at {string.Join(", ", app.Urls)}, in front of {gateway.RedirectNodes} ({gateway.Policy}).");
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;

            void Set(string name, Option<string?> option)
            {
                if (parsed.GetValue(option) is { } value) settings[name] = value;
            }
        }));
        return command;
    }
}

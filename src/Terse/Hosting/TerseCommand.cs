using System.CommandLine;
using Terse.ApiKeys;
using Terse.Cdn;
using Terse.Clicks;
using Terse.Gateway;
using Terse.Migration;
using Terse.Planning;
using Terse.Portability;

namespace Terse.Hosting;

/// <summary>The command line: one verb per capability, <c>serve</c> when none is named.</summary>
internal static class TerseCommand
{
    public static RootCommand Create()
    {
        var serve = ServeCommand.Create();
        var root = new RootCommand("Terse: a URL shortener that one command starts and that grows to a fleet.")
        {
            CommonOptions.Data,
            CommonOptions.Set,
            ServeCommand.Urls,
            ServeCommand.Roles,
            serve,
            GatewayCommand.Create(),
            KeysCommand.Create(),
            DeadLettersCommand.Create(),
            ImportClicksCommand.Create(),
            ExportCommand.Create(),
            ImportCommand.Create(),
            MigrateCommand.Create(),
            PlanCommand.Create(),
        };
        root.Action = serve.Action;
        return root;
    }
}

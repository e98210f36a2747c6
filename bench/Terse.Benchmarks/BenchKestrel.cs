using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Terse.Benchmarks;

/// <summary>The Kestrel that the bare server and the redirect slice share, with the settings that the tuning table tries (from the environment).</summary>
internal static class BenchKestrel
{
    public static WebApplicationBuilder Create(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = Flag(builder.Configuration, "BENCH_SERVER_HEADER"));
        builder.Services.Configure<SocketTransportOptions>(sockets =>
        {
            sockets.UnsafePreferInlineScheduling = Flag(builder.Configuration, "BENCH_INLINE");
            if (builder.Configuration.GetValue<int?>("BENCH_IO_QUEUES") is { } queues) sockets.IOQueueCount = queues;
            sockets.NoDelay = !Flag(builder.Configuration, "BENCH_DELAY");
            sockets.WaitForDataBeforeAllocatingBuffer = !Flag(builder.Configuration, "BENCH_NO_WAIT");
        });
        return builder;
    }

    private static bool Flag(ConfigurationManager configuration, string name) => configuration[name] == "1";
}

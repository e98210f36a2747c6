using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Terse.Hosting;

namespace Terse.Redirects;

/// <summary>Kestrel as the redirect path wants it. What was tried, and what it brought, is in docs/decisions/0031-kestrel-tuning.md.</summary>
internal static class KestrelTuning
{
    /// <param name="redirectsOnly">
    /// The node answers nothing but redirects. It may then handle requests on the threads that poll the sockets, which saves the hop to the
    /// thread pool; see <see cref="PollingThreads"/>. A node that also serves the API must not:
    /// one handler that blocks would stall every connection of its thread.
    /// </param>
    public static WebApplicationBuilder UseKestrelTuning(this WebApplicationBuilder builder, bool redirectsOnly)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ReadStrictLengths();
        });

        // A line ends with CR LF: a server in front that sees other lines than we do can be made to pass on a request that it never saw.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);

        // While this logger is enabled for anything, ASP.NET Core makes an Activity and a log scope for each request, logged or not.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        if (redirectsOnly)
        {
            PollingThreads.Prepare();
            builder.Services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
            builder.WebHost.ConfigureKestrel(static kestrel => kestrel.ConfigureEndpointDefaults(static listen =>
            {
                listen.UsePollingThreads();

                // Worth it on the polling threads alone: with the hop to the thread pool it gains nothing.
                listen.UseWireRedirects();
            }));
        }
        return builder;
    }
}

using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Terse.Redirects;

/// <summary>
/// Handles visitors' requests on the threads that poll the sockets, which saves the hop to the thread pool. Only theirs: what .NET has for it is a variable
/// that means every socket of the process, and a client of an engine that blocks in a callback (as they do when a server goes away) then stands on a thread
/// that half of the visitors wait for.
/// </summary>
internal static class PollingThreads
{
    // The socket engine reads it from the environment when the first socket opens; there is no other door. Without it there is one such thread.
    private const string ThreadCount = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Makes one such thread for each core. To be called before the process opens a socket.</summary>
    public static void Prepare()
    {
        if (Environment.GetEnvironmentVariable(ThreadCount) is null) Environment.SetEnvironmentVariable(ThreadCount, $"{Environment.ProcessorCount}");
    }

    /// <summary>Has them handle what comes in here. On Windows, which has none, nothing changes.</summary>
    public static void UsePollingThreads(this ListenOptions listen)
    {
        if (OperatingSystem.IsWindows()) return;
        listen.Use(static next => connection =>
        {
            if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket) SetPreferInlineCompletions(socket.SafeHandle, true);
            return next(connection);
        });
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_PreferInlineCompletions")]
    private static extern void SetPreferInlineCompletions(SafeSocketHandle handle, bool value);
}

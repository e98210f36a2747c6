using System.Net;
using System.Net.Sockets;
using Terse.Redirects;

namespace Terse.Tests.Redirects;

/// <summary>Measures memory, and so runs in a process of its own: <c>./build.sh</c> leaves this trait out of the other run.</summary>
[Collection(nameof(RunsAlone))]
[Trait("Measures", "Memory")]
public sealed class WireMemoryTests
{
    private const int Rounds = 5;
    private const int Requests = 5_000;

    [Fact]
    public async Task A_redirect_on_the_wire_allocates_no_more_than_one_through_Kestrel()
    {
        var (kestrel, wire) = (await BytesPerRedirectAsync("false"), await BytesPerRedirectAsync("true"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{wire:F0} bytes per redirect on the wire, {kestrel:F0} through Kestrel, the transport's part included.");
        Assert.InRange(wire, 0, kestrel + 8);
    }

    /// <summary>What all threads of this process allocate for a request and its answer: the least of some rounds, since the runtime works in the background too.</summary>
    private static async Task<double> BytesPerRedirectAsync(string wire)
    {
        await using var server = await RedirectServer.StartAsync((nameof(RedirectOptions.Wire), wire));
        server.Put("known");

        // Connected and used synchronously: a socket that was ever used asynchronously allocates with every call.
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, server.Client.BaseAddress!.Port);
        var request = "GET /known HTTP/1.1\r\nHost: sho.rt\r\n\r\n"u8.ToArray();
        var answer = new byte[4096];
        var least = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Requests; i++)
            {
                socket.Send(request);
                if (socket.Receive(answer) < 100) Assert.Fail("The answer is too short for a redirect.");
            }
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)Requests);
        }
        return least;
    }
}

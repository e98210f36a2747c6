using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Terse.Codes;

namespace Terse.Redirects.Wire;

/// <summary>
/// Answers plain requests for codes on the bytes of a connection, before Kestrel makes an HTTP request of them. The first request that is anything
/// else, or whose answer is anything but a redirect, stays unread, and the connection goes to Kestrel for the rest of its life.
/// </summary>
internal sealed class WireConnection(ConnectionDelegate next, WireRedirects redirects, TimeProvider time)
{
    // What Kestrel allows by default: 130 s between requests, 30 s for a head to arrive. The shorter one also bounds how long a client may not read.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(130);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task ServeAsync(ConnectionContext connection)
    {
        if (await ServePlainAsync(connection)) await next(connection);
    }

    /// <returns>Whether the connection is to go on with Kestrel; false when it has ended.</returns>
    private async Task<bool> ServePlainAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        var peer = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        var isProxy = redirects.Trusts(peer);
        var deadline = new Deadline(connection, time);
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static state => ((Deadline)state).Check(), deadline);
        await using var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            .UnsafeRegister(static state => ((PipeReader)state!).CancelPendingRead(), input) ?? default;
        try
        {
            deadline.Set(KeepAlive);
            for (var resolved = false; ;)
            {
                var result = await input.ReadAsync();
                var buffer = result.Buffer;
                deadline.Set(Patience);
                var (kind, missed) = AnswerAll(ref buffer, output, peer, isProxy, out var answered);
                if (answered && (await output.FlushAsync()).IsCompleted) return false;

                // Once in L1, the request is read again. One that L1 did not keep, or lost at once, is Kestrel's.
                resolved = missed is { } miss && !(resolved && !answered) && await redirects.TryResolveAsync(miss.Code, miss.Client);
                if (resolved)
                {
                    input.AdvanceTo(buffer.Start, buffer.Start);
                    continue;
                }
                if (kind == HeadKind.Other || missed is not null || result.IsCanceled)
                {
                    input.AdvanceTo(buffer.Start, buffer.Start);
                    return true;
                }
                input.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted) return !buffer.IsEmpty;
                deadline.Set(buffer.IsEmpty ? KeepAlive : Patience);
            }
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException or OperationCanceledException)
        {
            return false;
        }
        finally
        {
            deadline.Lift();
        }
    }

    /// <summary>Answers requests as long as L1 can; <paramref name="buffer"/> begins with what is left. A code that L1 does not have ends the run.</summary>
    private (HeadKind Kind, Miss? Missed) AnswerAll(ref ReadOnlySequence<byte> buffer, PipeWriter output, IPAddress? peer, bool isProxy, out bool answered)
    {
        answered = false;
        Span<char> chars = stackalloc char[ShortCode.MaxLength];
        byte[]? rented = null;
        try
        {
            while (!buffer.IsEmpty)
            {
                var bytes = buffer.FirstSpan;
                var kind = RequestHeadReader.Read(bytes, out var head);
                if (kind == HeadKind.Incomplete && !buffer.IsSingleSegment)
                {
                    rented ??= ArrayPool<byte>.Shared.Rent(RequestHeadReader.MaxLength);
                    var joined = buffer.Slice(0, Math.Min(buffer.Length, RequestHeadReader.MaxLength));
                    joined.CopyTo(rented);
                    kind = RequestHeadReader.Read(rented.AsSpan(0, (int)joined.Length), out head);
                }
                if (kind != HeadKind.Plain) return (kind, null);

                var code = chars[..Encoding.ASCII.GetChars(head.Code, chars)];
                var client = isProxy && !head.ForwardedFor.IsEmpty ? ForwardedClients.Of(head.ForwardedFor, peer) : peer;
                switch (redirects.TryAnswer(code, in head, client, output))
                {
                    case WireAnswer.Missed: return (HeadKind.Plain, new Miss(ShortCode.Parse(code.ToString()), client));
                    case WireAnswer.NotOurs: return (HeadKind.Other, null);
                }
                answered = true;
                buffer = buffer.Slice(head.Length);
            }
            return (HeadKind.Incomplete, null);
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private readonly record struct Miss(ShortCode Code, IPAddress? Client);

    /// <summary>Ends a connection that keeps us waiting. Kestrel's heartbeat, once a second, asks.</summary>
    private sealed class Deadline(ConnectionContext connection, TimeProvider time)
    {
        private long _at = long.MaxValue;

        public void Set(TimeSpan fromNow) => Volatile.Write(ref _at, time.GetTimestamp() + (long)(fromNow.TotalSeconds * time.TimestampFrequency));

        public void Lift() => Volatile.Write(ref _at, long.MaxValue);

        public void Check()
        {
            if (time.GetTimestamp() > Volatile.Read(ref _at)) connection.Abort(new ConnectionAbortedException("The client kept the connection waiting."));
        }
    }
}

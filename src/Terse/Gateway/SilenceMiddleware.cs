using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace Terse.Gateway;

/// <summary>
/// Lets go of a node that fell silent. Only where another may be asked: what reads, of a redirect node, at its first try. A second try is waited
/// for, so that a store that is slow for all nodes makes answers late and not none.
/// </summary>
internal sealed class SilenceMiddleware(RequestDelegate next, SilentNodes nodes, IOptions<GatewayOptions> options)
{
    private readonly bool _retries = options.Value.Retries > 0;

    public Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        return _retries && Retries.OnlyReads(context.Request) && proxy is { Cluster.Config.ClusterId: GatewayMap.Redirects, AvailableDestinations: [var node] } && context.Features.Get<FirstTry>() is null
            ? TryAsync(context, nodes.Of(node))
            : next(context);
    }

    private async Task TryAsync(HttpContext context, NodeSilence silence)
    {
        var visitor = context.RequestAborted;
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(visitor);
        var first = new FirstTry(silence, attempt);
        context.Features.Set(first);
        context.Response.OnStarting(static first => ((FirstTry)first).Answered(), first);
        context.RequestAborted = attempt.Token;
        try
        {
            await next(context);
        }
        finally
        {
            context.RequestAborted = visitor;
            first.End(answered: context.Features.Get<IForwarderErrorFeature>() is null);
        }
    }

    /// <summary>Somebody who waits for a node, until its answer begins: a visitor who reads slowly does not make it silent.</summary>
    private sealed class FirstTry
    {
        private readonly NodeSilence _silence;
        private readonly CancellationTokenRegistration _breaking;
        private int _ended;

        public FirstTry(NodeSilence silence, CancellationTokenSource attempt)
        {
            _silence = silence;
            silence.Wait();
            _breaking = silence.Broken.UnsafeRegister(static attempt => ((CancellationTokenSource)attempt!).Cancel(), attempt);
        }

        public Task Answered()
        {
            End(answered: true);
            return Task.CompletedTask;
        }

        public void End(bool answered)
        {
            if (Interlocked.Exchange(ref _ended, 1) != 0) return;
            _breaking.Dispose();
            _silence.Leave(answered);
        }
    }
}

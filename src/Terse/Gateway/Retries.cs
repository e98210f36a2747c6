using Microsoft.Extensions.Options;
using Terse.Hosting;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Terse.Gateway;

/// <summary>
/// Stands around YARP's pipeline and asks another node when one failed, so that a node that dies is not seen from outside. Only while no byte of
/// an answer has gone out, and only what is safe to repeat: GET and HEAD, or any request that never reached a node.
/// </summary>
internal sealed class Retries(RequestDelegate next, IOptions<GatewayOptions> options, GatewayMetrics metrics)
{
    private readonly int _retries = options.Value.Retries;
    private readonly long _maxBody = options.Value.MaxBody;

    public async Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        var cluster = proxy.Cluster.Config.ClusterId;
        List<DestinationState>? tried = null;
        while (true)
        {
            await next(context);
            if (context.Features.Get<IForwarderErrorFeature>() is not { } failure || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) return;
            if (proxy.ProxiedDestination is { } failed) (tried ??= []).Add(failed);
            if (tried is null || tried.Count > _retries || !MayRepeat(context.Request, cluster, failure) || Untried(proxy, tried) is not { Count: > 0 } others)
            {
                metrics.Failed(cluster);
                await AnswerAsync(context, failure);
                return;
            }

            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.Clear();
            proxy.AvailableDestinations = others;
            proxy.ProxiedDestination = null;
            metrics.Retried(cluster);
        }
    }

    /// <summary>What may be asked of two nodes and changes nothing.</summary>
    public static bool OnlyReads(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static bool MayRepeat(HttpRequest request, string cluster, IForwarderErrorFeature failure)
    {
        // A slow answer of the API is slow on the next node too. Cancelled, though the visitor is there: the node fell silent.
        var isLate = failure.Error is ForwarderError.RequestTimedOut or ForwarderError.RequestCanceled && cluster == GatewayMap.Redirects;
        if (failure.Error != ForwarderError.Request && !isLate) return false;
        if (OnlyReads(request)) return true;

        // Without a connection nothing was sent, of the body neither.
        return failure.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };
    }

    /// <summary>Nodes that are well, or, if all of those were tried, the ones that were thought ill: they may be back.</summary>
    private static List<DestinationState> Untried(IReverseProxyFeature proxy, List<DestinationState> tried)
    {
        List<DestinationState> well = [], ill = [];
        foreach (var node in proxy.AllDestinations)
        {
            if (tried.Contains(node)) continue;
            (NodeHealth.IsWell(node) ? well : ill).Add(node);
        }

        return well.Count > 0 ? well : ill;
    }

    private static bool IsTooLarge(Exception? exception) => exception switch
    {
        null => false,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => true,
        AggregateException all => all.InnerExceptions.Any(IsTooLarge),
        _ => IsTooLarge(exception.InnerException),
    };

    private Task AnswerAsync(HttpContext context, IForwarderErrorFeature failure)
    {
        context.Response.Clear();
        if (IsTooLarge(failure.Exception)) return Problems.TooLarge($"A body may have {_maxBody} bytes (Terse:Gateway:MaxBody).").ExecuteAsync(context);
        if (failure.Error is ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled)
            return Problems.MalformedRequest("The body broke off.").ExecuteAsync(context);
        context.Response.Headers.RetryAfter = "1";
        return GatewayAnswers.NoNodeAsync(context);
    }
}

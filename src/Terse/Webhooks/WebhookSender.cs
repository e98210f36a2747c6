using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;

namespace Terse.Webhooks;

/// <summary>
/// Sends one delivery. The name is resolved here, each address is judged, and the very address that passed is connected to: a name that answers otherwise the
/// second time (rebinding) gains nothing. No redirect is followed, no proxy or cookie used, and of the answer only the status is read.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private readonly HttpClient _http;
    private readonly WebhooksOptions _options;
    private readonly TimeProvider _time;

    public WebhookSender(IOptions<WebhooksOptions> options, TimeProvider time)
    {
        (_options, _time) = (options.Value, time);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = ConnectAsync,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxConnectionsPerServer = 16,
            ActivityHeadersPropagator = null,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public async Task<SendResult> SendAsync(Webhook webhook, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_options.Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new StringContent(delivery.Body, Encoding.UTF8, "application/json") };
            var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
            request.Headers.Add(WebhookSignature.IdHeader, delivery.Id);
            request.Headers.Add(WebhookSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Sign(webhook.Secret, delivery.Id, timestamp, delivery.Body));
            request.Headers.Add("User-Agent", "Terse-Webhooks/1");
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            var error = response.IsSuccessStatusCode ? null
                : (int)response.StatusCode is >= 300 and < 400 ? $"It answered {(int)response.StatusCode}: redirects are not followed. Give the final URL."
                : $"It answered {(int)response.StatusCode}.";
            return new SendResult((int)response.StatusCode, error, Stopwatch.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SendResult(null, $"No answer within {_options.Timeout.TotalSeconds:0} seconds.", Stopwatch.GetElapsedTime(started));
        }
        catch (HttpRequestException e)
        {
            return new SendResult(null, Describe(e), Stopwatch.GetElapsedTime(started));
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        var allowed = _options.AllowPrivateAddresses ? addresses : Array.FindAll(addresses, PublicAddresses.Contains);
        if (allowed.Length == 0) throw new WebhookRefusedException();

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Our own words: what the network says may tell of the inside.
    private static string Describe(HttpRequestException exception) => exception switch
    {
        { InnerException: WebhookRefusedException } => "Its name leads to an address that is not public (Terse:Webhooks:AllowPrivateAddresses).",
        { HttpRequestError: HttpRequestError.NameResolutionError } or { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } } => "Its name cannot be resolved.",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "Its TLS certificate is not valid.",
        { HttpRequestError: HttpRequestError.ConnectionError } => "It cannot be connected to.",
        _ => "It did not answer as HTTP.",
    };

    private sealed class WebhookRefusedException() : IOException("Not a public address.");
}

/// <param name="Status">The HTTP status, or null when there was no answer.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="Took">How long it took.</param>
internal readonly record struct SendResult(int? Status, string? Error, TimeSpan Took);

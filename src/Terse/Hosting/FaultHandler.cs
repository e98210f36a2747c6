using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Terse.Codes;
using Terse.Links;

namespace Terse.Hosting;

/// <summary>Answers the faults that a client or a store can cause. What is left is a defect of ours: 500, logged with its stack.</summary>
internal sealed class FaultHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        IResult? answer = exception switch
        {
            BadHttpRequestException { InnerException: JsonException json } => Problems.MalformedRequest(Problems.Describe(json)),
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } tooLarge => Problems.TooLarge(tooLarge.Message),
            BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => Problems.Of(
                415, "unsupported-media-type", "The body must be JSON.", "Send it with Content-Type: application/json."),
            BadHttpRequestException bad => Problems.Of(bad.StatusCode, "malformed-request", "The request cannot be read.", bad.Message),
            StoreUnavailableException => Problems.StoreUnavailable(),
            CodesUnavailableException codes => Problems.Of(503, "codes-unavailable", "No short code can be made now.", codes.Message),
            OperationCanceledException when context.RequestAborted.IsCancellationRequested => TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest),
            _ => null,
        };
        if (answer is null) return false;

        if (answer is IStatusCodeHttpResult { StatusCode: 503 }) context.Response.Headers.RetryAfter = "5";
        await answer.ExecuteAsync(context);
        return true;
    }
}

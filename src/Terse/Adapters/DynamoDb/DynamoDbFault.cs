using System.Net;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;

namespace Terse.Adapters.DynamoDb;

/// <summary>What an exception of the driver means: whether the call certainly did nothing, and whether another attempt may fare better.</summary>
/// <param name="DidNothing">The service refused before doing anything, as when it throttles.</param>
/// <param name="MayPass">The same call may succeed in a moment.</param>
/// <param name="Message">For the operator.</param>
internal readonly record struct DynamoDbFault(bool DidNothing, bool MayPass, string Message)
{
    private static readonly HashSet<string> Throttles = new(StringComparer.Ordinal)
    {
        "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "LimitExceededException", "TransactionInProgressException",
    };

    /// <summary>The fault, or null when the exception is an answer (a condition that did not hold), a mistake of ours, or the caller's own cancellation.</summary>
    public static DynamoDbFault? Of(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        ConditionalCheckFailedException => null,
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        OperationCanceledException or TimeoutException => new(false, true, "The DynamoDB API did not answer in time."),
        ResourceNotFoundException => new(true, false, "A DynamoDB table is missing. Set Terse:DynamoDb:CreateTables, or make the tables first."),
        AmazonServiceException service when Throttles.Contains(service.ErrorCode ?? "") => new(true, true, "The DynamoDB API throttles. Raise the tables' capacity."),
        AmazonServiceException { StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable } busy => new(false, true, $"The DynamoDB API is busy: {busy.Message}"),
        AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError } failed => new(false, true, $"The DynamoDB API failed: {failed.Message}"),
        AmazonServiceException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } refused => new(true, false, $"The DynamoDB API refuses our credentials: {refused.Message}"),
        AmazonServiceException { InnerException: { } inner } when Of(inner, cancellationToken) is { } fault => fault,
        AmazonServiceException => Refusal((AmazonServiceException)exception),
        AmazonClientException client => new(false, false, $"The DynamoDB API cannot be called: {client.Message}"),
        HttpRequestException or IOException or System.Net.Sockets.SocketException => new(false, true, $"The DynamoDB API cannot be reached: {exception.Message}"),
        _ => null,
    };

    // Without a status the answer never came; with one (400) the request itself was refused, which is a mistake of ours and stays an exception of its own.
    private static DynamoDbFault? Refusal(AmazonServiceException exception) =>
        exception.StatusCode == 0 ? new DynamoDbFault(false, true, $"The DynamoDB API cannot be reached: {exception.Message}") : null;
}

using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Terse.Adapters.DynamoDb;

/// <summary>
/// The driver without its retries. Its setting for none (<c>MaxErrorRetry = 0</c>) still repeats a call whose connection broke, even one that may have been
/// done (<c>DynamoDbFaultTests.A_change_that_lost_its_answer_is_not_done_twice</c>).
/// </summary>
internal sealed class UnretryingClient : AmazonDynamoDBClient
{
    public UnretryingClient(AmazonDynamoDBConfig config)
        : base(config)
    {
    }

    public UnretryingClient(AWSCredentials credentials, AmazonDynamoDBConfig config)
        : base(credentials, config)
    {
    }

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.RemoveHandler<RetryHandler>();
    }
}

using System.ComponentModel.DataAnnotations;

namespace Terse.Adapters.DynamoDb;

/// <summary>Amazon DynamoDB, or whatever speaks its API: ScyllaDB Alternator, DynamoDB Local.</summary>
public sealed class DynamoDbOptions
{
    public const string Section = "Terse:DynamoDb";

    /// <summary>Where the API is, such as <c>http://127.0.0.1:8000</c> for ScyllaDB Alternator or DynamoDB Local; empty for Amazon DynamoDB in <see cref="Region"/>.</summary>
    [RegularExpression("^(https?://.+)?$", ErrorMessage = "Terse:DynamoDb:ServiceUrl must be empty or start with http:// or https://.")]
    public string ServiceUrl { get; set; } = "";

    /// <summary>The AWS region, such as <c>eu-central-1</c>. At a <see cref="ServiceUrl"/> it only takes part in the signature.</summary>
    [Required(ErrorMessage = "Terse:DynamoDb:Region must name a region, such as eu-central-1.")]
    public string Region { get; set; } = "us-east-1";

    /// <summary>The access key. Empty (the default): the usual chain of AWS finds one (environment, profile, container, instance role).</summary>
    public string AccessKey { get; set; } = "";

    /// <summary>The secret that belongs to <see cref="AccessKey"/>.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary>What the tables' names begin with, 1 to 200 of <c>a-z A-Z 0-9 _ . -</c>: instances with different prefixes share an account.</summary>
    [RegularExpression("^[a-zA-Z0-9_.-]{1,200}$", ErrorMessage = "Terse:DynamoDb:TablePrefix must be 1 to 200 of a-z A-Z 0-9 _ . -")]
    public string TablePrefix { get; set; } = "terse-";

    /// <summary>
    /// How redirects read a link: <c>Strong</c> sees every write that was answered (Alternator: QUORUM), <c>Eventual</c> costs half and may see a link as it
    /// was a moment ago (Alternator: ONE). A link that an eventual read does not find is read again strongly, so a new link is never 404. All else reads strongly.
    /// </summary>
    [AllowedValues("Strong", "Eventual", ErrorMessage = "Terse:DynamoDb:Consistency must be Strong or Eventual.")]
    public string Consistency { get; set; } = "Strong";

    /// <summary>Whether tables that are missing are made, with on-demand capacity. Where the program may not make tables, make them first: docs/operations.md has their keys.</summary>
    public bool CreateTables { get; set; } = true;

    /// <summary>
    /// Partitions per day of each list, 1 to 256. More take more writes a second (1,000 each on Amazon DynamoDB) and make reading a list dearer.
    /// It may be changed at any time: readers find every partition that was ever written to.
    /// </summary>
    [Range(1, 256, ErrorMessage = "Terse:DynamoDb:ListShards must be 1 to 256.")]
    public int ListShards { get; set; } = 16;

    /// <summary>How long one attempt at one call may take, 100 ms to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00", ErrorMessage = "Terse:DynamoDb:AttemptTimeout must be 00:00:00.100 to 00:01:00.")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often a call is tried at most, 1 (never again) to 20. Retries wait longer each time, at random, and stop early when too many calls fail.</summary>
    [Range(1, 20, ErrorMessage = "Terse:DynamoDb:MaxAttempts must be 1 to 20.")]
    public int MaxAttempts { get; set; } = 6;
}

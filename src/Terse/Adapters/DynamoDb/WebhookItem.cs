using Amazon.DynamoDBv2.Model;
using Terse.Webhooks;

namespace Terse.Adapters.DynamoDb;

/// <summary>Webhooks and deliveries as items.</summary>
internal static class WebhookItem
{
    public static Dictionary<string, AttributeValue> Of(Dictionary<string, AttributeValue> key, Webhook webhook)
    {
        var item = new Dictionary<string, AttributeValue>(key)
        {
            ["url"] = Item.Text(webhook.Url),
            ["events"] = Item.Texts(webhook.Events),
            ["secret"] = Item.Text(webhook.Secret),
            ["about"] = Item.Text(webhook.Description),
            ["owner"] = Item.Text(webhook.Owner),
            ["c"] = Item.Instant(webhook.CreatedAt),
            ["fails"] = Item.Number(webhook.Failures),
            ["v"] = Item.Number(webhook.Version),
        };
        if (webhook.Disabled is { } disabled) item["off"] = Item.Text(disabled);
        return item;
    }

    public static Webhook Read(Dictionary<string, AttributeValue> item) => new()
    {
        Id = item.Text(DynamoDbTables.Sort),
        Url = item.Text("url"),
        Events = item.Texts("events"),
        Secret = item.Text("secret"),
        Description = item.Text("about"),
        Owner = item.Text("owner"),
        CreatedAt = item.Instant("c"),
        Disabled = item.TextOrNull("off"),
        Failures = (int)item.Number("fails"),
        Version = item.Number("v"),
    };

    public static Dictionary<string, AttributeValue> Of(Dictionary<string, AttributeValue> key, WebhookDelivery delivery)
    {
        var item = new Dictionary<string, AttributeValue>(key)
        {
            ["event"] = Item.Text(delivery.Event),
            ["body"] = Item.Text(delivery.Body),
            ["created"] = Item.Instant(delivery.CreatedAt),
            ["a"] = Item.Number(delivery.Attempts),
            ["n"] = Item.Instant(delivery.NextAt),
            ["x"] = Item.Flag(delivery.Dead),
        };
        if (delivery.LastError is { } error) item["err"] = Item.Text(error);
        return item;
    }

    public static WebhookDelivery ReadDelivery(string webhookId, Dictionary<string, AttributeValue> item) => new(
        item.Text(DynamoDbTables.Sort), webhookId, item.Text("event"), item.Text("body"), item.Instant("created"), (int)item.Number("a"), item.Instant("n"),
        item.TextOrNull("err"), item.Flag("x"));
}

using Amazon.DynamoDBv2.Model;
using Terse.Codes;
using Terse.Links;

namespace Terse.Adapters.DynamoDb;

/// <summary>A link as the store has it: with its place in the lists.</summary>
internal readonly record struct StoredLink(Link Link, Place Place);

/// <summary>A link as an item. Attribute names are short, for they are stored (and paid) with every link.</summary>
internal static class LinkItem
{
    public const string Place = "p";
    public const string Version = "v";
    public const string EndsAt = "e";
    public const string MaxVisits = "m";
    public const string Visits = "n";

    public static Dictionary<string, AttributeValue> Key(ShortCode code) => new() { [DynamoDbTables.Key] = Item.Text(code.Value) };

    /// <summary>All fields but the key. What is null or at its default is left out.</summary>
    public static Dictionary<string, AttributeValue> Fields(Link link)
    {
        var item = new Dictionary<string, AttributeValue>
        {
            ["d"] = Item.Text(link.Destination),
            ["c"] = Item.Instant(link.CreatedAt),
            [EndsAt] = Item.Instant(link.EndsAt),
            ["r"] = Item.Number((int)link.RedirectType),
            ["o"] = Item.Text(link.Owner),
            [Version] = Item.Number(link.Version),
        };
        if (link.ExpiresAt is { } expiresAt) item["x"] = Item.Instant(expiresAt);
        if (link.Disabled) item["off"] = Item.Flag(true);
        if (link.EdgeTtl > TimeSpan.Zero) item["g"] = Item.Number((long)link.EdgeTtl.TotalSeconds);
        if (link.Title is { } title) item["t"] = Item.Text(title);
        if (link.Tags.Count > 0) item["tags"] = Item.Texts(link.Tags);
        if (link.IsAlias) item["a"] = Item.Flag(true);
        if (link.MaxVisits is { } maxVisits) item[MaxVisits] = Item.Number(maxVisits);
        if (link.Visits > 0) item[Visits] = Item.Number(link.Visits);
        if (link.PasswordHash is { } passwordHash) item["pw"] = Item.Text(passwordHash);
        if (link.TakenDown is { } takenDown) item["down"] = Item.Number((int)takenDown);
        return item;
    }

    /// <summary>The names of the fields that a link may lack, of those that a change replaces.</summary>
    public static readonly string[] OptionalFields = ["x", "off", "g", "t", "tags", "a", MaxVisits, "pw", "down"];

    public static StoredLink Read(Dictionary<string, AttributeValue> item) =>
        new(ReadFields(ShortCode.Parse(item.Text(DynamoDbTables.Key)), item), new Place(item.Text(Place)));

    public static Link ReadFields(ShortCode code, Dictionary<string, AttributeValue> item) => new()
    {
        Code = code,
        Destination = item.Text("d"),
        CreatedAt = item.Instant("c"),
        ExpiresAt = item.InstantOrNull("x"),
        EndsAt = item.Instant(EndsAt),
        RedirectType = (RedirectType)item.Number("r"),
        Disabled = item.Flag("off"),
        EdgeTtl = TimeSpan.FromSeconds(item.NumberOrNull("g") ?? 0),
        Title = item.TextOrNull("t"),
        Tags = item.Texts("tags"),
        Owner = item.Text("o"),
        Version = item.Number(Version),
        IsAlias = item.Flag("a"),
        MaxVisits = item.NumberOrNull(MaxVisits),
        Visits = item.NumberOrNull(Visits) ?? 0,
        PasswordHash = item.TextOrNull("pw"),
        TakenDown = (TakedownReason?)item.NumberOrNull("down"),
    };
}

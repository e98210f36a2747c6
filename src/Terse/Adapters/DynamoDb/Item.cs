using System.Globalization;
using Amazon.DynamoDBv2.Model;

namespace Terse.Adapters.DynamoDb;

/// <summary>The values of an item, written and read.</summary>
internal static class Item
{
    public static AttributeValue Text(string value) => new() { S = value };

    public static AttributeValue Number(long value) => new() { N = value.ToString(CultureInfo.InvariantCulture) };

    public static AttributeValue Instant(DateTimeOffset value) => Number(value.ToUnixTimeMilliseconds());

    public static AttributeValue Bytes(byte[] value) => new() { B = new MemoryStream(value) };

    public static AttributeValue Flag(bool value) => new() { BOOL = value };

    public static AttributeValue Texts(IReadOnlyList<string> values) => new() { L = [.. values.Select(Text)], IsLSet = true };

    public static AttributeValue Map(Dictionary<string, AttributeValue> values) => new() { M = values };

    public static string Text(this Dictionary<string, AttributeValue> item, string name) => item[name].S;

    public static string? TextOrNull(this Dictionary<string, AttributeValue> item, string name) => item.TryGetValue(name, out var value) ? value.S : null;

    public static long Number(this Dictionary<string, AttributeValue> item, string name) => long.Parse(item[name].N, CultureInfo.InvariantCulture);

    public static long? NumberOrNull(this Dictionary<string, AttributeValue> item, string name) => item.ContainsKey(name) ? item.Number(name) : null;

    public static DateTimeOffset Instant(this Dictionary<string, AttributeValue> item, string name) => DateTimeOffset.FromUnixTimeMilliseconds(item.Number(name));

    public static DateTimeOffset? InstantOrNull(this Dictionary<string, AttributeValue> item, string name) => item.ContainsKey(name) ? item.Instant(name) : null;

    public static bool Flag(this Dictionary<string, AttributeValue> item, string name) => item.TryGetValue(name, out var value) && value.BOOL == true;

    public static byte[] Bytes(this Dictionary<string, AttributeValue> item, string name) => item[name].B.ToArray();

    public static string[] Texts(this Dictionary<string, AttributeValue> item, string name) =>
        item.TryGetValue(name, out var value) && value.L is { } list ? [.. list.Select(static text => text.S)] : [];
}

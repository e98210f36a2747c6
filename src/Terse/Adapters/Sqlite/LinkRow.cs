using System.Text.Json;
using System.Text.Json.Serialization;
using Terse.Codes;
using Terse.Links;

namespace Terse.Adapters.Sqlite;

/// <summary>A link as columns, the same in every table that holds one.</summary>
internal static class LinkRow
{
    /// <summary>What a change of the link replaces: all but the visits taken.</summary>
    public const string Replaceable =
        "code, destination, created_at, expires_at, ends_at, redirect_type, disabled, edge_ttl, title, tags, owner, version, is_alias, max_visits, password_hash, taken_down";

    public const string ReplaceableParameters = "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16";

    public const string Columns = Replaceable + ", visits";

    public const string Parameters = ReplaceableParameters + ", ?17";

    public const int Count = 17;

    public static SqliteStatement BindLink(this SqliteStatement statement, Link link) => statement
        .Bind(link.Code.Value)
        .Bind(link.Destination)
        .Bind(link.CreatedAt)
        .Bind(link.ExpiresAt)
        .Bind(link.EndsAt)
        .Bind((long)link.RedirectType)
        .Bind(link.Disabled)
        .Bind((long)link.EdgeTtl.TotalSeconds)
        .Bind(link.Title)
        .Bind(link.Tags.Count == 0 ? null : JsonSerializer.Serialize(link.Tags, TagsJson.Default.IReadOnlyListString))
        .Bind(link.Owner)
        .Bind(link.Version == link.CreatedAt.ToUnixTimeMilliseconds() ? null : link.Version)
        .Bind(link.IsAlias)
        .Bind(link.MaxVisits)
        .Bind(link.PasswordHash)
        .Bind((long?)link.TakenDown)
        .Bind(link.Visits);

    /// <summary>The link, and the id of its row in the column behind it.</summary>
    public static (Link Link, long Id) ReadWithId(SqliteStatement row) => (Read(row), row.Long(Count));

    /// <summary>Reads a row whose columns are <see cref="Columns"/> and any after them.</summary>
    public static Link Read(SqliteStatement row) => new()
    {
        Code = ShortCode.Parse(row.Text(0)),
        Destination = row.Text(1),
        CreatedAt = row.Instant(2),
        ExpiresAt = row.InstantOrNull(3),
        EndsAt = row.Instant(4),
        RedirectType = (RedirectType)row.Long(5),
        Disabled = row.Bool(6),
        EdgeTtl = TimeSpan.FromSeconds(row.Long(7)),
        Title = row.TextOrNull(8),
        Tags = ReadTags(row.TextOrNull(9)),
        Owner = row.Text(10),
        Version = row.LongOrNull(11) ?? row.Long(2),
        IsAlias = row.Bool(12),
        MaxVisits = row.LongOrNull(13),
        PasswordHash = row.TextOrNull(14),
        TakenDown = (TakedownReason?)row.LongOrNull(15),
        Visits = row.Long(16),
    };

    public static IReadOnlyList<string> ReadTags(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, TagsJson.Default.IReadOnlyListString)!;
}

[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class TagsJson : JsonSerializerContext;

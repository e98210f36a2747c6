using System.Text;
using Npgsql;
using NpgsqlTypes;
using Terse.Codes;
using Terse.Links;

namespace Terse.Adapters.PostgreSql;

/// <summary>A link as columns, the same in every table that holds one.</summary>
internal static class LinkRow
{
    /// <summary>What a change of the link replaces: all but the visits taken.</summary>
    public const string Replaceable =
        "code, destination, created_at, expires_at, ends_at, redirect_type, disabled, edge_ttl, title, tags, owner, version, is_alias, max_visits, password_hash, taken_down";

    public const string ReplaceableParameters = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16";

    public const string Columns = Replaceable + ", visits";

    public const string Parameters = ReplaceableParameters + ", $17";

    public const int Count = 17;

    /// <summary>The values of <see cref="Parameters"/>, and others after them.</summary>
    public static object[] Values(Link link, params ReadOnlySpan<object> others) =>
    [
        link.Code.Value,
        link.Destination,
        link.CreatedAt,
        (object?)link.ExpiresAt ?? NpgsqlDbType.TimestampTz,
        link.EndsAt,
        (short)link.RedirectType,
        link.Disabled,
        (int)link.EdgeTtl.TotalSeconds,
        link.Title is null ? NpgsqlDbType.Bytea : Encoding.UTF8.GetBytes(link.Title),
        link.Tags.Count == 0 ? NpgsqlDbType.Array | NpgsqlDbType.Text : link.Tags.ToArray(),
        link.Owner,
        link.Version,
        link.IsAlias,
        (object?)link.MaxVisits ?? NpgsqlDbType.Bigint,
        (object?)link.PasswordHash ?? NpgsqlDbType.Text,
        (object?)(short?)link.TakenDown ?? NpgsqlDbType.Smallint,
        link.Visits,
        .. others,
    ];

    /// <summary>The link, and the id of its row in the column behind it.</summary>
    public static (Link Link, long Id) ReadWithId(NpgsqlDataReader row) => (Read(row), row.GetInt64(Count));

    /// <summary>Reads a row whose columns are <see cref="Columns"/> and any after them.</summary>
    public static Link Read(NpgsqlDataReader row) => new()
    {
        Code = ShortCode.Parse(row.GetString(0)),
        Destination = row.GetString(1),
        CreatedAt = row.Instant(2),
        ExpiresAt = row.InstantOrNull(3),
        EndsAt = row.Instant(4),
        RedirectType = (RedirectType)row.GetInt16(5),
        Disabled = row.GetBoolean(6),
        EdgeTtl = TimeSpan.FromSeconds(row.GetInt32(7)),
        Title = row.IsDBNull(8) ? null : Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(8)),
        Tags = row.IsDBNull(9) ? [] : row.GetFieldValue<string[]>(9),
        Owner = row.GetString(10),
        Version = row.GetInt64(11),
        IsAlias = row.GetBoolean(12),
        MaxVisits = row.LongOrNull(13),
        PasswordHash = row.TextOrNull(14),
        TakenDown = row.IsDBNull(15) ? null : (TakedownReason)row.GetInt16(15),
        Visits = row.GetInt64(16),
    };
}

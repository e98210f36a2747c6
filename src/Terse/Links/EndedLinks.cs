namespace Terse.Links;

/// <summary>Asks for links that redirect no more, for one reason. See <see cref="ILinkStore.ListEndedAsync"/>.</summary>
/// <param name="Reason">Why. A link that has several reasons is listed under the first of the enumeration.</param>
/// <param name="Now">The moment that links have ended by.</param>
/// <param name="Limit">Links per page, 1 to 1,000.</param>
/// <param name="Cursor">The <see cref="LinkPage.Next"/> of the page before, or null for the first.</param>
/// <param name="OldestFirst">The order turned round.</param>
internal sealed record EndedQuery(EndReason Reason, DateTimeOffset Now, int Limit, string? Cursor = null, bool OldestFirst = false);

internal enum EndReason
{
    TakenDown,
    Disabled,
    Expired,
}

/// <summary>A place in a list of expired links: the millisecond in which the last one seen ended, and its row.</summary>
internal static class EndedCursor
{
    public static string Write(DateTimeOffset endsAt, long id) => RowCursor.Write(endsAt.ToUnixTimeMilliseconds()) + RowCursor.Write(id);

    /// <exception cref="FormatException">The text was not made by <see cref="Write"/>.</exception>
    public static (DateTimeOffset EndsAt, long Id) Read(string cursor)
    {
        var half = cursor.Length / 2;
        var milliseconds = RowCursor.Read(cursor[..half]);
        return milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? (DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), RowCursor.Read(cursor[half..]))
            : throw new FormatException("Not a cursor of this list.");
    }

    /// <summary>Where the first page starts.</summary>
    public static (DateTimeOffset EndsAt, long Id) Start(EndedQuery query) => query.OldestFirst ? (DateTimeOffset.UnixEpoch, 0) : (query.Now, long.MaxValue);
}

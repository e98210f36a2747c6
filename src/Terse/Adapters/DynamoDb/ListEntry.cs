using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Terse.Links;

namespace Terse.Adapters.DynamoDb;

/// <summary>
/// One line of a list: it says that the link with this code and place may belong there. A reader always looks at the link itself, so a line too many
/// does no harm, and a line too few cannot be: lines are written before the link, and removed after it.
/// </summary>
/// <param name="List">Which list: <see cref="LinkEntries"/> names them.</param>
/// <param name="Day">The day, since 1970, whose partitions it is in.</param>
/// <param name="Sort">Its place in the order of the list.</param>
/// <param name="Code">The link's code.</param>
/// <param name="Place">The link's place.</param>
internal readonly record struct ListEntry(string List, int Day, string Sort, string Code, Place Place)
{
    public const string CodeOf = "c";
    public const string PlaceOf = "p";

    private const long DayMilliseconds = 24L * 60 * 60 * 1000;

    /// <summary>The version of the link that needed this line. A line is only removed by who knows of a later version that does not need it.</summary>
    public const string Version = "v";

    /// <summary>When it was written, by the writer's clock.</summary>
    public const string WrittenAt = "at";

    public static int DayOf(long milliseconds) => (int)Math.Clamp(milliseconds / DayMilliseconds, 0, 9_999_999);

    public ListPartition Partition(int shards) => new(List, Day, ShardOf(Code, shards));

    private static int ShardOf(string code, int shards) => (int)(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(code.AsSpan())) % (ulong)shards);
}

/// <summary>Where a part of a list lies: no partition takes more than a day's share of one list.</summary>
internal readonly record struct ListPartition(string List, int Day, int Shard)
{
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{List}|{Suffix}");

    /// <summary>Sorts by day.</summary>
    public string Suffix => string.Create(CultureInfo.InvariantCulture, $"{Day:D7}|{Shard:D3}");

    public static ListPartition Of(string list, string suffix) =>
        new(list, int.Parse(suffix.AsSpan(0, 7), CultureInfo.InvariantCulture), int.Parse(suffix.AsSpan(8), CultureInfo.InvariantCulture));

}

/// <summary>Which lines a link has, in which lists.</summary>
internal static class LinkEntries
{
    public const string All = "all";
    public const string Ends = "end";

    /// <summary>How much of a word the lists of words go by: runes. A shorter word is looked for along another list.</summary>
    public const int WordRunes = 3;

    public static string Tag(string tag) => "tag:" + tag;

    public static string Owner(string owner) => "own:" + owner;

    public static string Word(string prefix) => "word:" + prefix;

    public static string Lookalikes(int length) => string.Create(CultureInfo.InvariantCulture, $"alias:{length}");

    public static HashSet<ListEntry> Of(Link link, Place place)
    {
        var day = ListEntry.DayOf(place.Milliseconds);
        var entries = new HashSet<ListEntry> { At(All), At(Owner(link.Owner)), End(link.EndsAt, link.Code.Value, place) };
        foreach (var tag in link.Tags) entries.Add(At(Tag(tag)));
        foreach (var word in SearchWords.OfLink(link))
            if (PrefixOf(word) is { } prefix) entries.Add(At(Word(prefix)));
        if (link.IsAlias && !link.Code.Value.AsSpan().ContainsAny('-', '_'))
            entries.Add(new ListEntry(Lookalikes(link.Code.Value.Length), 0, $"{link.Code}|{place.Text}", link.Code.Value, place));
        return entries;

        ListEntry At(string list) => new(list, day, place.Text, link.Code.Value, place);
    }

    public static ListEntry End(DateTimeOffset endsAt, string code, Place place)
    {
        var milliseconds = Math.Max(0, endsAt.ToUnixTimeMilliseconds());
        return new ListEntry(Ends, ListEntry.DayOf(milliseconds), string.Create(CultureInfo.InvariantCulture, $"{milliseconds:D15}|{place.Text}"), code, place);
    }

    /// <summary>The first <see cref="WordRunes"/> runes, or null when it has fewer.</summary>
    public static string? PrefixOf(string word)
    {
        var length = 0;
        var runes = 0;
        foreach (var rune in word.EnumerateRunes())
        {
            length += rune.Utf16SequenceLength;
            if (++runes == WordRunes) return word[..length];
        }

        return null;
    }
}

namespace Terse.Clicks.Enrichment;

/// <summary>
/// The kind of device that a user agent tells. What names no kind is <c>""</c>. An iPad says that it is a Macintosh since iPadOS 13, and is counted as one.
/// </summary>
internal static class Devices
{
    public const string Desktop = "desktop";
    public const string Mobile = "mobile";
    public const string Tablet = "tablet";
    public const string Tv = "tv";
    public const string Console = "console";
    public const string Wearable = "wearable";

    /// <summary>The first kind of which a word stands in the user agent: the particular before the general.</summary>
    private static readonly (string Kind, string[] Words)[] Signs =
    [
        (Tv, ["SmartTV", "Smart-TV", "SMART-TV", "AppleTV", "Apple TV", "GoogleTV", "Google TV", "Android TV", "BRAVIA", "Web0S", "HbbTV", "CrKey", "Roku", "AFTT", "AFTS", "AFTM"]),
        (Console, ["PlayStation", "PLAYSTATION", "Xbox", "Nintendo"]),
        (Wearable, ["Apple Watch", "Watch OS", "watchOS", "Wear OS", "Galaxy Watch"]),
        (Tablet, ["iPad", "Tablet", "tablet", "Kindle", "PlayBook", "SM-T", "SM-X", "KFTT"]),
        (Mobile, ["Mobi", "iPhone", "iPod", "Windows Phone", "BlackBerry", "Opera Mini", "KAIOS"]),
        (Tablet, ["Android", "Silk/"]),
        (Desktop, ["Windows", "Macintosh", "Mac OS X", "X11", "Linux", "CrOS"]),
    ];

    public static string Of(string userAgent)
    {
        foreach (var (kind, words) in Signs)
            foreach (var word in words)
                if (userAgent.Contains(word, StringComparison.Ordinal)) return kind;
        return "";
    }
}

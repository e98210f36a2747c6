using System.Net;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Codes;

namespace Terse.Planning;

/// <summary>
/// The clicks of a calibration, as a click log holds them: evenly over 90 days, on links by Zipf's law, from visitors, referrers and programs as skewed as
/// they are in life.
/// </summary>
internal sealed class CalibrationClicks(IReadOnlyList<ShortCode> codes, DateTimeOffset end, int total)
{
    private const int Days = 90;
    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
        "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    ];
    private static readonly string[] Languages = ["en-GB,en;q=0.9", "de-DE,de;q=0.9", "fr-FR,fr;q=0.8", "es-ES,es;q=0.9", "ja", "pt-BR,pt;q=0.9"];

    private readonly Random _random = new(4);
    private readonly ZipfTrace _link = new(codes.Count, 1, new Random(5));
    private readonly ZipfTrace _some = new(3_000, 1.1, new Random(6));
    private int _made;

    public DateTimeOffset At(int made) => end.AddDays(-Days + Days * (double)made / total);

    /// <summary>The next clicks, each the bytes of a record and its position.</summary>
    public List<(long Position, byte[] Body)> Next(int count)
    {
        Span<byte> body = stackalloc byte[ClickFormat.MaxLength];
        var clicks = new List<(long, byte[])>(count);
        for (var i = 0; i < count; i++)
        {
            var length = ClickFormat.Write(Next(), body);
            clicks.Add((_made, body[..length].ToArray()));
        }
        return clicks;
    }

    private ClickRecord Next()
    {
        var at = At(_made++);
        var visitor = _random.NextInt64(total / Days / 3) * 0x9E3779B9;
        return new ClickRecord(
            _made, at, ClickKind.Redirected, codes[_link.Next()].Value, ClickFlags.None, new IPAddress((uint)visitor),
            Agents[_some.Next() % Agents.Length], _random.Next(100) < 45 ? "" : $"https://site{_some.Next()}.example/page",
            Languages[_some.Next() % Languages.Length], _random.Next(100) < 80 ? "" : $"?utm_source=mail&utm_campaign=campaign{_some.Next() % 400}");
    }
}

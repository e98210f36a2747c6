using Terse.Codes;
using Terse.Links;

namespace Terse.Planning;

/// <summary>The links of a calibration: random codes, and destinations of about 85 characters with words and numbers, as real ones have.</summary>
internal sealed class CalibrationLinks(int seed, DateTimeOffset now)
{
    private static readonly string[] Words =
        [.. "summer winter sale shop blog news article product review guide city travel garden kitchen music video photo store offer deal week month report paper team launch event ticket price order cart".Split(' ')];

    private readonly Random _random = new(seed);

    public Link Next(ShortCode code)
    {
        var words = _random.GetItems(Words, 5);
        return new Link
        {
            Code = code,
            Destination = $"https://www.{words[0]}{_random.Next(5_000)}.example/{words[1]}/{words[2]}-{words[3]}-{words[4]}?utm_source=mail&id={_random.Next()}",
            CreatedAt = now,
            EndsAt = now.AddYears(5),
            Owner = "calibration",
            Version = now.ToUnixTimeMilliseconds(),
        };
    }
}

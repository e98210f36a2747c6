using Terse.Codes;
using Terse.Links;

namespace Terse.Benchmarks;

/// <summary>The links of the benchmarks: link number i has a code and a destination that follow from i alone.</summary>
internal static class BenchLinks
{
    private const long Space = 3_521_614_606_208; // 62^7

    public static string Code(int number)
    {
        // A multiplier without a factor of 62 spreads the numbers over all codes of 7 digits, each used once.
        var value = (long)((UInt128)(number + 1L) * 1_234_567_891_011UL % Space);
        Span<char> digits = stackalloc char[7];
        for (var i = digits.Length - 1; i >= 0; i--, value /= 62) digits[i] = ShortCode.Alphabet[(int)(value % 62)];
        return new string(digits);
    }

    public static string Destination(int number) => $"https://www.example.com/articles/{number}/a-destination-of-a-usual-length?utm_source=bench";

    public static Link Link(int number, DateTimeOffset now) => new()
    {
        Code = ShortCode.Parse(Code(number)),
        Destination = Destination(number),
        CreatedAt = now,
        EndsAt = now.AddYears(5),
        Owner = "bench",
        Version = now.ToUnixTimeMilliseconds(),
    };
}

using System.Diagnostics;
using CsCheck;
using Terse.Tests.Histories;

namespace Terse.Tests.Fuzzing;

/// <summary>Inputs for fuzzing: texts near to legal ones, spoiled in the ways that parsers stumble over.</summary>
internal static class Mutations
{
    private static readonly string[] Poison =
    [
        "\0", "\u0001", "\t", " ", "    ", "\r\n", "\u0085", "\u2028", "\u202e", "\ufeff", "\ud800", "\udc00", "ü", "ß", "İ", "ﬁ", "🙂", "é", "%", "%0", "%zz", "%00", "%c0%ae",
        "%ud800", "\\", "/", "//", "..", "?", "#", "@", ":", ":80", ":99999", "[", "]", "[::1]", "'", "\"", "`", ";", ",", ",,", "*", "(", ")", "{", "}", "-", "+", "_", "0", "-1", "9", "99999999999999999999",
        "1e309", "null", "true", "<script>", "${jndi:ldap://x}", "{{7*7}}", "' OR 1=1 --", "http://", "javascript:", "W/", "xn--", "xn--a", "٣", "１", "\U000e0001", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ];

    /// <summary>A text made from one of the examples by up to eight changes: something put in, taken out, doubled, cut or replaced; or any text at all.</summary>
    public static Gen<string> Of(params string[] examples)
    {
        var change = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 1_000], Gen.Int[0, 12], Gen.Int[0, Poison.Length - 1], Gen.Char);
        var spoiled = Gen.Select(Gen.Int[0, examples.Length - 1], change.Array[0, 8], (example, changes) =>
        {
            var text = examples[example];
            foreach (var (kind, at, length, what, letter) in changes)
            {
                var poison = Poison[what];
                var place = text.Length == 0 ? 0 : at % (text.Length + 1);
                var part = Math.Min(length, text.Length - place);
                text = kind switch
                {
                    0 => text.Insert(place, poison),
                    1 => text.Remove(place, part),
                    2 => text.Insert(place, text.Substring(place, part)),
                    3 => text[..place],
                    4 => text.Insert(place, letter.ToString()),
                    _ => text.Remove(place, part).Insert(place, string.Concat(Enumerable.Repeat(poison, 8))),
                };
                if (text.Length > 20_000) break;
            }

            return text;
        });
        return Gen.Frequency((20, (IGen<string>)spoiled), (1, (IGen<string>)Gen.String));
    }

    /// <summary>Runs the property on so many inputs; in the longer mode again and again for its time.</summary>
    public static void Fuzz<T>(this Gen<T> inputs, int runs, Action<T> property)
    {
        var began = Stopwatch.GetTimestamp();
        do inputs.Sample(property, iter: runs, threads: 1);
        while (HistoryRun.LongMode is { } length && Stopwatch.GetElapsedTime(began) < length);
    }
}

namespace Terse.Codes;

/// <summary>
/// Turns ids into codes and back: a keyed permutation of all codes of one length. It cannot collide, and without the key the order of ids is
/// invisible. Each length has a permutation of its own.
/// </summary>
internal sealed class CodePermutation
{
    /// <summary>The length of codes in Ranges mode: 62^7 = 3.5 trillion.</summary>
    public const int RangeLength = 7;

    /// <summary>The length of codes in Snowflake mode: 62^11 = 5.2e19, more than the 2^63 ids there are.</summary>
    public const int SnowflakeLength = 11;

    private const int Radix = 62;
    private readonly Ff1 _ff1;
    private readonly int _length;

    /// <param name="key">The instance's secret, 32 bytes.</param>
    /// <param name="length">7 or 11.</param>
    public CodePermutation(ReadOnlySpan<byte> key, int length)
    {
        _length = length;
        _ff1 = new Ff1(key, Radix, length, [(byte)'t', (byte)'e', (byte)'r', (byte)'s', (byte)'e', (byte)length]);
    }

    /// <summary>The length of the codes.</summary>
    public int Length => _length;

    /// <summary>How many ids the length has room for, or the largest id if it has room for more.</summary>
    public long MaxIds => (long)UInt128.Min((UInt128)_ff1.LeftSize * _ff1.RightSize, long.MaxValue);

    /// <summary>The code of <paramref name="id"/>, which is 0 or more and below <see cref="MaxIds"/>.</summary>
    public ShortCode Encode(long id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, MaxIds);
        var (left, right) = Math.DivRem((ulong)id, _ff1.RightSize);
        var (a, b) = _ff1.Encrypt(left, right);
        return ShortCode.Parse(string.Create(_length, (a, b), static (text, halves) =>
        {
            Write(text[..(text.Length / 2)], halves.a);
            Write(text[(text.Length / 2)..], halves.b);
        }));
    }

    /// <summary>The id that <paramref name="code"/> stands for. False: it has another length or alphabet, or stands for no id below 2^63.</summary>
    public bool TryDecode(ReadOnlySpan<char> code, out long id)
    {
        id = 0;
        if (code.Length != _length || !TryRead(code[..(_length / 2)], out var a) || !TryRead(code[(_length / 2)..], out var b)) return false;
        var (left, right) = _ff1.Decrypt(a, b);
        var whole = ((UInt128)left * _ff1.RightSize) + right;
        if (whole > long.MaxValue) return false;
        id = (long)whole;
        return true;
    }

    private static void Write(Span<char> text, ulong number)
    {
        for (var i = text.Length - 1; i >= 0; i--)
        {
            (number, var digit) = Math.DivRem(number, Radix);
            text[i] = ShortCode.Alphabet[(int)digit];
        }
    }

    private static bool TryRead(ReadOnlySpan<char> text, out ulong number)
    {
        number = 0;
        foreach (var c in text)
        {
            var digit = c switch
            {
                >= '0' and <= '9' => c - '0',
                >= 'A' and <= 'Z' => c - 'A' + 10,
                >= 'a' and <= 'z' => c - 'a' + 36,
                _ => -1,
            };
            if (digit < 0) return false;
            number = (number * Radix) + (ulong)digit;
        }

        return true;
    }
}

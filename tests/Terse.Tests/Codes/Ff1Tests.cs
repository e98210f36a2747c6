using CsCheck;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Fpe;
using Org.BouncyCastle.Crypto.Parameters;
using Terse.Codes;

namespace Terse.Tests.Codes;

public sealed class Ff1Tests
{
    private const string Key128 = "2B7E151628AED2A6ABF7158809CF4F3C";
    private const string Key192 = Key128 + "EF4359D8D580AA4F";
    private const string Key256 = Key192 + "7F036D6F04FC6A94";
    private const string LongTweak = "3737373770717273373737";

    /// <summary>The nine samples that NIST publishes with SP 800-38G.</summary>
    [Theory]
    [InlineData(Key128, 10, "", "0123456789", "2433477484")]
    [InlineData(Key128, 10, "39383736353433323130", "0123456789", "6124200773")]
    [InlineData(Key128, 36, LongTweak, "0123456789abcdefghi", "a9tv40mll9kdu509eum")]
    [InlineData(Key192, 10, "", "0123456789", "2830668132")]
    [InlineData(Key192, 10, "39383736353433323130", "0123456789", "2496655549")]
    [InlineData(Key192, 36, LongTweak, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr")]
    [InlineData(Key256, 10, "", "0123456789", "6657667009")]
    [InlineData(Key256, 10, "39383736353433323130", "0123456789", "1001623463")]
    [InlineData(Key256, 36, LongTweak, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd")]
    public void It_agrees_with_the_published_samples(string key, int radix, string tweak, string plain, string cipher)
    {
        var ff1 = new Ff1(Convert.FromHexString(key), radix, plain.Length, Convert.FromHexString(tweak));
        var (a, b) = Halves(plain, radix);
        Assert.Equal(Halves(cipher, radix), ff1.Encrypt(a, b));
        (a, b) = Halves(cipher, radix);
        Assert.Equal(Halves(plain, radix), ff1.Decrypt(a, b));
    }

    [Fact]
    public void It_agrees_with_BouncyCastle_on_any_key_tweak_and_short_string() =>
        (from key in Gen.Byte.Array[32]
         from tweak in Gen.Byte.Array[0, 20]
         from radix in Gen.OneOf(Gen.Const(2), Gen.Const(10), Gen.Const(36), Gen.Const(62), Gen.Const(200))
         from text in Gen.Byte[0, (byte)(radix - 1)].Array[2, radix <= 62 ? 20 : 16]
         where Math.Pow(radix, text.Length) >= 1_000_000 && Math.Pow(radix, (text.Length + 1) / 2) < long.MaxValue
         select (key, tweak, radix, text)).Sample((key, tweak, radix, text) =>
         {
             var theirs = new FpeFf1Engine(new AesEngine());
             theirs.Init(true, new FpeParameters(new KeyParameter(key), radix, tweak));
             var cipher = new byte[text.Length];
             theirs.ProcessBlock(text, 0, text.Length, cipher, 0);

             var half = text.Length / 2;
             var (a, b) = new Ff1(key, radix, text.Length, tweak).Encrypt(Number(text.AsSpan(0, half), radix), Number(text.AsSpan(half), radix));
             Assert.Equal((Number(cipher.AsSpan(0, half), radix), Number(cipher.AsSpan(half), radix)), (a, b));
         }, iter: 2000);

    [Fact]
    public void It_is_a_bijection_on_every_string_of_a_small_domain()
    {
        const int radix = 10, length = 6;
        var ff1 = new Ff1(Convert.FromHexString(Key256), radix, length, [1]);
        var seen = new bool[1_000_000];
        for (var plain = 0UL; plain < 1_000_000; plain++)
        {
            var (a, b) = ff1.Encrypt(plain / 1000, plain % 1000);
            var cipher = (int)((a * 1000) + b);
            Assert.False(seen[cipher]);
            seen[cipher] = true;
            Assert.Equal((plain / 1000, plain % 1000), ff1.Decrypt(a, b));
        }
    }

    private static (ulong A, ulong B) Halves(string text, int radix)
    {
        var digits = text.Select(c => (byte)(char.IsDigit(c) ? c - '0' : c - 'a' + 10)).ToArray();
        return (Number(digits.AsSpan(0, text.Length / 2), radix), Number(digits.AsSpan(text.Length / 2), radix));
    }

    private static ulong Number(ReadOnlySpan<byte> digits, int radix)
    {
        var number = 0UL;
        foreach (var digit in digits) number = (number * (ulong)radix) + digit;
        return number;
    }
}

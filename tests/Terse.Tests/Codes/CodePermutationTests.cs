using CsCheck;
using Terse.Codes;

namespace Terse.Tests.Codes;

public sealed class CodePermutationTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];

    [Theory]
    [InlineData(7)]
    [InlineData(11)]
    public void Every_id_has_a_code_that_leads_back_to_it(int length)
    {
        var permutation = new CodePermutation(Key, length);
        Gen.Long[0, permutation.MaxIds - 1].Sample(
            id =>
            {
                var code = permutation.Encode(id);
                Assert.Equal(length, code.Value.Length);
                Assert.True(permutation.TryDecode(code.Value, out var back));
                Assert.Equal(id, back);
            },
            iter: 100_000);
    }

    [Theory]
    [InlineData(7, 0)]
    [InlineData(7, 3_521_614_606_207)]
    [InlineData(11, 0)]
    [InlineData(11, long.MaxValue - 1)]
    public void The_first_and_the_last_id_have_codes(int length, long id)
    {
        var permutation = new CodePermutation(Key, length);
        Assert.True(permutation.TryDecode(permutation.Encode(id).Value, out var back));
        Assert.Equal(id, back);
    }

    [Fact]
    public void Seven_characters_have_room_for_62_to_the_7() => Assert.Equal(3_521_614_606_208, new CodePermutation(Key, 7).MaxIds);

    [Theory]
    [InlineData("")]
    [InlineData("abcdef")]
    [InlineData("abcdefgh")]
    [InlineData("abc-efg")]
    [InlineData("abcdef\u00e9")]
    public void What_has_not_the_shape_of_a_code_stands_for_no_id(string text) => Assert.False(new CodePermutation(Key, 7).TryDecode(text, out _));

    [Fact]
    public void Another_key_makes_other_codes()
    {
        var other = new CodePermutation([.. Key.Select(b => (byte)~b)], 7);
        var permutation = new CodePermutation(Key, 7);
        Assert.All(Enumerable.Range(0, 1000), id => Assert.NotEqual(permutation.Encode(id), other.Encode(id)));
    }

    /// <summary>
    /// 200,000 consecutive ids. Each position's 62 digits are as frequent as chance allows (chi-square, 61 degrees of freedom, limit 130: passed by
    /// chance but once in 10^6); neighbours share a digit as often as strangers do, ascend as often as they descend, and do not correlate
    /// (each within five standard deviations).
    /// </summary>
    [Theory]
    [InlineData(7)]
    [InlineData(11)]
    public void Consecutive_ids_give_codes_without_a_visible_order(int length)
    {
        const int count = 200_000;
        var permutation = new CodePermutation(Key, length);
        var codes = Enumerable.Range(0, count).Select(id => permutation.Encode(id).Value).ToArray();
        for (var position = 0; position < length; position++)
        {
            var expected = count / 62.0;
            var chiSquare = codes.GroupBy(code => code[position]).Sum(digit => Math.Pow(digit.Count() - expected, 2) / expected);
            Assert.InRange(chiSquare, 0, 130);

            var shared = codes.Zip(codes.Skip(1)).Count(pair => pair.First[position] == pair.Second[position]);
            Assert.InRange(shared, expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected)));
        }

        var ascents = codes.Zip(codes.Skip(1)).Count(pair => string.CompareOrdinal(pair.First, pair.Second) < 0);
        Assert.InRange(ascents, (count / 2) - (5 * Math.Sqrt(count / 12.0)), (count / 2) + (5 * Math.Sqrt(count / 12.0)));

        var values = Array.ConvertAll(codes, code => (double)ShortCode.Alphabet.IndexOf(code[0]) + (ShortCode.Alphabet.IndexOf(code[1]) / 62.0));
        var mean = values.Average();
        var correlation = values.Zip(values.Skip(1)).Sum(pair => (pair.First - mean) * (pair.Second - mean)) / values.Sum(value => (value - mean) * (value - mean));
        Assert.InRange(correlation, -5 / Math.Sqrt(count), 5 / Math.Sqrt(count));
    }

    [Fact]
    public void Decoding_allocates_nothing()
    {
        var permutation = new CodePermutation(Key, 7);
        permutation.TryDecode("abcdefg", out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) permutation.TryDecode("abcdefg", out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}

using CsCheck;
using Terse.Planning;

namespace Terse.Tests.Planning;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("Count", "100M", 100e6)]
    [InlineData("Count", "10B", 10e9)]
    [InlineData("Count", "1.5k", 1_500)]
    [InlineData("Count", "1,500", 1_500)]
    [InlineData("Count", "2 million", 2e6)]
    [InlineData("Count", "1e6", 1e6)]
    [InlineData("Bytes", "500B", 500)]
    [InlineData("Bytes", "2KB", 2_000)]
    [InlineData("Bytes", "2KiB", 2_048)]
    [InlineData("Share", "95%", 0.95)]
    [InlineData("Share", "0.95", 0.95)]
    [InlineData("Years", "5", 5)]
    [InlineData("Years", "5y", 5)]
    [InlineData("Years", "365d", 1)]
    [InlineData("Days", "2 weeks", 14)]
    [InlineData("Milliseconds", "0.2s", 200)]
    public void Numbers_are_read_as_people_write_them(string kind, string text, double value)
    {
        Assert.True(Quantity.TryParse(Enum.Parse<QuantityKind>(kind), text, out var read));
        Assert.Equal(value, read, 9);
    }

    [Theory]
    [InlineData("Count", "ten")]
    [InlineData("Count", "-5")]
    [InlineData("Count", "5 apples")]
    [InlineData("Share", "5 MB")]
    [InlineData("Bytes", "")]
    [InlineData("Years", "5 GB")]
    [InlineData("Count", "1e99999")]
    public void What_is_no_number_of_the_kind_is_refused(string kind, string text) =>
        Assert.False(Quantity.TryParse(Enum.Parse<QuantityKind>(kind), text, out _));

    [Fact]
    public void What_is_written_is_read_back() =>
        Gen.Select(Gen.Enum<QuantityKind>(), Gen.Int[1, 1_000_000]).Sample((kind, number) =>
        {
            var value = kind == QuantityKind.Share ? number / 1e6 : number * 1000.0;
            return Quantity.TryParse(kind, Quantity.Write(kind, value), out var read) && Math.Abs((read / value) - 1) < 1e-6;
        });
}

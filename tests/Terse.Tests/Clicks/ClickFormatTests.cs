using System.Net;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Tests.Contracts;

namespace Terse.Tests.Clicks;

public sealed class ClickFormatTests
{
    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("2001:db8::1")]
    [InlineData(null)]
    public void Record_is_read_as_it_was_written(string? address)
    {
        var click = new ClickRecord(
            77, AClick.At, ClickKind.Ended, "abc", ClickFlags.Head | ClickFlags.Prefetch, address is null ? null : IPAddress.Parse(address),
            "Mozilla/5.0 ü🙂", "https://example.com/", "de-AT", "?utm_source=a");

        Assert.True(ClickFormat.TryRead(ARecord.Body(click), 77, out var read, out _));

        Assert.Equal(click, read);
    }

    [Fact]
    public void Long_texts_are_cut_between_characters()
    {
        var click = ARecord.Of(new string('a', 64)) with { UserAgent = string.Concat(Enumerable.Repeat("🙂", 1000)), Referrer = new string('é', 1000), AcceptLanguage = new string('x', 1000), Query = new string('y', 100_000) };

        Assert.True(ClickFormat.TryRead(ARecord.Body(click), 0, out var read, out _));

        Assert.Equal((string.Concat(Enumerable.Repeat("🙂", 128)), new string('é', 150), 64, 512), (read.UserAgent, read.Referrer, read.AcceptLanguage.Length, read.Query.Length));
    }

    [Theory]
    [InlineData(0, 0, "format 0")]
    [InlineData(1, 9, "kind 9")]
    [InlineData(3, 5, "address of 5 bytes")]
    [InlineData(12, 200, "another sum")]
    [InlineData(11, 0x7F, "out of any range")]
    public void What_is_not_a_record_is_refused_with_its_reason(int index, byte value, string reason)
    {
        var body = ARecord.Body("abc");
        body[index] = value;
        Assert.False(ClickFormat.TryRead(body, 0, out _, out var said));
        Assert.Contains(reason, said, StringComparison.Ordinal);
        Assert.False(ClickFormat.TryRead(body.AsSpan(0, 5), 0, out _, out _));
    }

    [Fact]
    public void Address_can_be_left_behind()
    {
        var click = ARecord.Of("abc");
        Assert.True(ClickFormat.TryRead(ClickFormat.WithoutAddress(ARecord.Body(click)), 0, out var read, out _));
        Assert.Equal(click with { Address = null }, read);
    }
}

using Terse.Adapters.Redis;
using Terse.Codes;
using Terse.Links;
using Terse.Tests.Contracts;

namespace Terse.Tests.Adapters.Redis;

public sealed class LinkFormatTests
{
    private static readonly ShortCode Code = ShortCode.Parse("abc");
    private static readonly Link Whole = ALink.WithEveryField("abc") with { MaxVisits = null, Visits = 0, PasswordHash = null, TakenDown = null };

    [Fact]
    public void Every_field_of_a_link_comes_back()
    {
        var read = LinkFormat.Read(Code, LinkFormat.Write(Whole));
        LinkAssert.Same(Whole, read);
        LinkAssert.Same(ALink.Of("abc"), LinkFormat.Read(Code, LinkFormat.Write(ALink.Of("abc"))));
    }

    [Fact]
    public void Usual_link_takes_fewer_than_a_hundred_bytes_beside_its_destination()
    {
        var link = ALink.Of("abc", "https://example.com/");
        Assert.InRange(LinkFormat.Write(link).Length - link.Destination.Length, 1, 50);
    }

    [Fact]
    public void Guarded_links_are_not_shared()
    {
        Assert.True(LinkFormat.MayShare(Whole));
        Assert.False(LinkFormat.MayShare(Whole with { PasswordHash = "$x" }));
        Assert.False(LinkFormat.MayShare(Whole with { MaxVisits = 3 }));
        Assert.False(LinkFormat.MayShare(Whole with { TakenDown = TakedownReason.Spam }));
        var message = BackplaneMessage.For(LinkChange.Changed(Whole with { PasswordHash = "$secret" }), 1, DateTimeOffset.UnixEpoch);
        Assert.Equal((Whole.Version, (Link?)null), (BackplaneMessage.Read(message)!.Value.Change.Version, BackplaneMessage.Read(message)!.Value.Change.Link));
    }

    [Fact]
    public void Tombstone_is_no_link_and_has_a_version()
    {
        var tombstone = LinkFormat.Tombstone(1_764_000_000_000);
        Assert.Null(LinkFormat.Read(Code, tombstone));
        Assert.Equal(1_764_000_000_000, LinkFormat.VersionOf(tombstone));
        Assert.Equal(Whole.Version, LinkFormat.VersionOf(LinkFormat.Write(Whole)));
    }

    [Fact]
    public void What_is_cut_short_or_of_a_later_format_is_no_link()
    {
        var written = LinkFormat.Write(Whole);
        for (var length = 0; length < written.Length; length++) Assert.Null(LinkFormat.Read(Code, written[..length]));
        written[0] = 2;
        Assert.Null(LinkFormat.Read(Code, written));
        Assert.Null(LinkFormat.Read(Code, null));
    }

    [Fact]
    public void Messages_come_back_as_they_were_sent()
    {
        var sentAt = DateTimeOffset.FromUnixTimeMilliseconds(1_764_000_000_123);
        foreach (var change in new[] { LinkChange.Created(Whole), LinkChange.Changed(Whole), LinkChange.Removed(Whole, sentAt) })
        {
            var read = BackplaneMessage.Read(BackplaneMessage.For(change, ulong.MaxValue, sentAt))!.Value;
            Assert.Equal((ulong.MaxValue, sentAt, null), (read.Sender, read.SentAt, read.Beat));
            Assert.Equal((change.Code, change.Version, change.Kind), (read.Change.Code, read.Change.Version, read.Change.Kind));
            Assert.Equal(change.Kind == LinkChangeKind.Changed, read.Change.Link is not null);
        }

        Assert.Equal(77, BackplaneMessage.Read(BackplaneMessage.ForBeat(5, sentAt, 77))!.Value.Beat);
        Assert.Null(BackplaneMessage.Read([1, 2, 3]));
        Assert.Null(BackplaneMessage.Read(new byte[40]));
    }
}

using CsCheck;
using Terse.Clicks.Enrichment;

namespace Terse.Tests.Clicks.Enrichment;

public sealed class HeaderTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("https://www.Example.com/path?secret=1#x", "example.com")]
    [InlineData("https://news.example.com:8443/", "news.example.com")]
    [InlineData("http://bücher.example/", "xn--bcher-kva.example")]
    [InlineData("android-app://com.reddit.frontpage/", "com.reddit.frontpage")]
    [InlineData("https://[2001:db8::1]/", "2001:db8::1")]
    [InlineData("javascript:alert(1)", "")]
    [InlineData("file:///etc/passwd", "")]
    [InlineData("/relative", "")]
    [InlineData("example.com", "")]
    public void A_referrer_is_known_by_its_host_alone(string? referrer, string host) => Assert.Equal(host, Referrers.Host(referrer));

    [Theory]
    [InlineData("", "")]
    [InlineData("en-GB,en;q=0.9,de;q=0.8", "en")]
    [InlineData("de;q=0.8, fr-CH;q=0.9, en;q=0.7", "fr")]
    [InlineData("DE-at", "de")]
    [InlineData("*", "")]
    [InlineData("en;q=0", "")]
    [InlineData("x,;;,q=,-", "")]
    [InlineData("de;q=abc,pt-BR;q=0.1", "pt")]
    [InlineData("zh-Hant-TW", "zh")]
    public void A_language_is_the_primary_tag_with_the_highest_weight(string header, string language) => Assert.Equal(language, Languages.Primary(header));

    [Theory]
    [InlineData("", "", "", "")]
    [InlineData("?utm_source=news&utm_medium=email&utm_campaign=spring%20sale", "news", "email", "spring sale")]
    [InlineData("utm_campaign=a+b&x=1&UTM_SOURCE=S", "S", "", "a b")]
    [InlineData("utm_source=first&utm_source=second", "first", "", "")]
    [InlineData("utm_source&utm_medium=&utm_campaign=%zz", "", "", "%zz")]
    [InlineData("utm_campaign=a%00b%0Ac", "", "", "abc")]
    public void Campaign_tags_come_from_the_query(string query, string source, string medium, string campaign) =>
        Assert.Equal(new CampaignTags(source, medium, campaign), CampaignTags.Of(query));

    [Fact]
    public void A_long_campaign_tag_is_cut_between_characters()
    {
        var tags = CampaignTags.Of("utm_campaign=" + new string('x', 99) + "🙂");

        Assert.Equal(new string('x', 99), tags.Campaign);
    }

    [Fact]
    public void No_text_is_an_error() =>
        Gen.Select(Gen.String, Gen.String[Gen.Char["utm_source=ediacpgn&%+?;,q.-*0123456789 https://www:@[]"], 0, 200]).Sample((any, likely) =>
        {
            foreach (var text in new[] { any, likely, any + likely, "utm_source=" + any, "https://" + any + likely })
            {
                Assert.NotNull(Referrers.Host(text));
                Assert.NotNull(Languages.Primary(text));
                Assert.True(CampaignTags.Of(text).Source.Length <= CampaignTags.MaxLength);
            }
        });
}

using CsCheck;
using Terse.Clicks.Enrichment;

namespace Terse.Tests.Clicks.Enrichment;

/// <summary>The lists as they are vendored: what they must say of the programs that visit short links.</summary>
public sealed class UserAgentTests
{
    private static readonly UserAgents Agents = new();

    [Theory]
    [InlineData("Chrome", "Windows", "desktop", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36")]
    [InlineData("Edge", "Windows", "desktop", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0")]
    [InlineData("Opera", "Windows", "desktop", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 OPR/122.0.0.0")]
    [InlineData("Firefox", "Windows", "desktop", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0")]
    [InlineData("Firefox", "Linux", "desktop", "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0")]
    [InlineData("Firefox", "Ubuntu", "desktop", "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0")]
    [InlineData("Safari", "Mac OS X", "desktop", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15")]
    [InlineData("Chrome", "Chrome OS", "desktop", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36")]
    [InlineData("Mobile Safari", "iOS", "mobile", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1")]
    [InlineData("Mobile Safari", "iOS", "tablet", "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1")]
    [InlineData("Chrome Mobile iOS", "iOS", "mobile", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.7339.95 Mobile/15E148 Safari/604.1")]
    [InlineData("Chrome Mobile", "Android", "mobile", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36")]
    [InlineData("Chrome", "Android", "tablet", "Mozilla/5.0 (Linux; Android 13; Lenovo TB310FU) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36")]
    [InlineData("Samsung Internet", "Android", "mobile", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36")]
    [InlineData("Firefox Mobile", "Android", "mobile", "Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0")]
    [InlineData("Instagram", "iOS", "mobile", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22F76 Instagram 390.0.0.28.85 (iPhone15,3; iOS 18_5; en_GB; en-GB; scale=3.00; 1290x2796; 765313520)")]
    [InlineData("Facebook", "iOS", "mobile", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22F76 [FBAN/FBIOS;FBAV/520.0.0.38.101;FBBV/756351453;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBSS/3;FBCR/;FBID/phone;FBLC/en_GB;FBOP/80]")]
    [InlineData("Opera Mini", "Android", "mobile", "Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/12.16")]
    [InlineData("UC Browser", "Android", "mobile", "Mozilla/5.0 (Linux; U; Android 10; en-US; RMX2030) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/78.0.3904.108 UCBrowser/13.4.0.1306 Mobile Safari/537.36")]
    [InlineData("IE", "Windows", "desktop", "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko")]
    [InlineData("Samsung Internet", "Tizen", "tv", "Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/3.1 Chrome/76.0.3809.146 TV Safari/537.36")]
    public void A_browser_is_told_and_is_no_bot(string browser, string system, string device, string userAgent) =>
        Assert.Equal(new UserAgentFacts(browser, system, device, IsBot: false), Agents.Describe(userAgent));

    [Theory]
    [InlineData("")]
    [InlineData("curl/8.5.0")]
    [InlineData("Wget/1.21.4")]
    [InlineData("python-requests/2.32.3")]
    [InlineData("Go-http-client/2.0")]
    [InlineData("okhttp/4.12.0")]
    [InlineData("axios/1.7.9")]
    [InlineData("Apache-HttpClient/4.5.14 (Java/17.0.12)")]
    [InlineData("PostmanRuntime/7.43.0")]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")]
    [InlineData("Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.7339.80 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)")]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36")]
    [InlineData("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)")]
    [InlineData("Twitterbot/1.0")]
    [InlineData("WhatsApp/2.23.20.0")]
    [InlineData("TelegramBot (like TwitterBot)")]
    [InlineData("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)")]
    [InlineData("Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)")]
    [InlineData("LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0")]
    [InlineData("http.rb/5.2.0 (Mastodon/4.3.1; +https://mastodon.social/) Bot")]
    [InlineData("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)")]
    public void A_program_is_a_bot(string userAgent) => Assert.True(Agents.Describe(userAgent).IsBot);

    [Fact]
    public void Any_text_is_described_without_an_exception() =>
        Gen.Select(Gen.String, Gen.String[Gen.Char["()[];/.,:-_ 0123456789MozilaAppleWebKitChromeSafariAndroidOperaiPhone"], 0, 2_000])
            .Sample((any, likely) => Agents.Describe(any + likely) is not null && Agents.Describe(likely + any) is not null, iter: 200);

    [Fact]
    public void A_required_literal_never_rules_out_a_match()
    {
        var expressions = EmbeddedList.ReadLines("regexes.yaml").Where(line => line.TrimStart().StartsWith("- regex: ", StringComparison.Ordinal)).Select(line => line.Trim()[10..^1]).ToArray();
        var texts = typeof(UserAgentTests).GetMethods().SelectMany(method => method.GetCustomAttributes(typeof(InlineDataAttribute), false))
            .SelectMany(attribute => ((InlineDataAttribute)attribute).Data).OfType<string>().ToArray();
        var (matched, withLiteral) = (0, 0);

        foreach (var expression in expressions)
        {
            var literal = RequiredLiteral.Of(expression);
            if (literal is not null) withLiteral++;
            var regex = new System.Text.RegularExpressions.Regex(expression);
            foreach (var text in texts)
            {
                if (!regex.IsMatch(text)) continue;
                matched++;
                Assert.True(literal is null || text.Contains(literal, StringComparison.Ordinal), $"{expression} matches {text}, which lacks {literal}");
            }
        }

        Assert.True(matched > 100, $"only {matched} matches tried");
        Assert.True(withLiteral > expressions.Length / 2, $"only {withLiteral} of {expressions.Length} have a literal");
    }

    [Theory]
    [InlineData("(Foo|Bar)/(\\d+)", null)]
    [InlineData("(FooBar)/(\\d+)", "FooBar")]
    [InlineData("FooBars?/x", "FooBar")]
    [InlineData("Foo(?:Bar|)Quux", "Quux")]
    [InlineData("Foo(?!Barbara)", "Foo")]
    [InlineData("(?i)foobar", null)]
    [InlineData("[abcd]efg{0,3}", null)]
    [InlineData("a\\.bc\\d\\x41BCD", null)]
    [InlineData("Foo(Barbara)?", "Foo")]
    [InlineData("Foo|Barbara", null)]
    public void The_required_literal_is_the_longest_that_must_be_there(string expression, string? literal) => Assert.Equal(literal, RequiredLiteral.Of(expression));
}

using Terse.Tests.Infrastructure;

namespace Terse.Tests.Links;

public sealed class CampaignTests : IAsyncLifetime
{
    private TerseInstance _terse = null!;

    public async ValueTask InitializeAsync() => _terse = await TerseInstance.StartAsync();

    public ValueTask DisposeAsync() => _terse.DisposeAsync();

    [Theory]
    [InlineData("https://example.com/", "https://example.com/?utm_source=news&utm_campaign=spring%20sale")]
    [InlineData("https://example.com/p?a=1#part", "https://example.com/p?a=1&utm_source=news&utm_campaign=spring%20sale#part")]
    [InlineData("https://example.com/p?UTM_SOURCE=old&b=%2F+x&utm_medium=email", "https://example.com/p?b=%2F+x&utm_medium=email&utm_source=news&utm_campaign=spring%20sale")]
    [InlineData("https://example.com/p?#x?y=1", "https://example.com/p?utm_source=news&utm_campaign=spring%20sale#x?y=1")]
    public async Task Campaign_parameters_join_the_query_and_replace_their_like(string url, string expected)
    {
        var link = await _terse.CreateAsync(new { url, campaign = new { source = "news", name = " spring sale " } });
        Assert.Equal(expected, link.Text("url"));
    }

    [Fact]
    public async Task Campaign_values_are_escaped_and_cannot_add_parameters()
    {
        var link = await _terse.CreateAsync(new { url = "https://example.com/", campaign = new { content = "a&b=c#d?é" } });
        Assert.Equal("https://example.com/?utm_content=a%26b%3Dc%23d%3F%C3%A9", link.Text("url"));
    }

    [Fact]
    public async Task A_campaign_field_that_is_empty_or_too_long_is_refused_by_name()
    {
        using var response = await _terse.Admin.PostJsonAsync("/api/v1/links", new { url = "https://example.com/", campaign = new { source = " ", id = new string('x', 201) } });
        Assert.Equal(["campaign.id", "campaign.source"], (await response.ProblemAsync(400, "validation-failed")).ErrorFields());
    }
}

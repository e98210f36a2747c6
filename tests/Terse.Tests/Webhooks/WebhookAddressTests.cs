using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Terse.Tests.Infrastructure;
using Terse.Webhooks;

namespace Terse.Tests.Webhooks;

public sealed class WebhookAddressTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("192.0.0.192")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:db8::1")]
    public void Special_addresses_are_not_public(string address) => Assert.False(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("64:ff9b::101:101")]
    [InlineData("::ffff:8.8.8.8")]
    public void Other_addresses_are(string address) => Assert.True(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://localhost:5080/api/v1/export")]
    [InlineData("http://[::1]/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    public async Task A_webhook_to_an_inner_address_is_refused_when_it_is_made(string url)
    {
        await using var terse = await TerseInstance.StartAsync();
        using var response = await terse.Admin.PostJsonAsync("/api/v1/webhooks", new { url, events = new[] { "link.created" } });
        Assert.Equal(["url"], (await response.ProblemAsync(400, "validation-failed")).ErrorFields());
    }

    /// <summary>The name is judged by what it resolves to when it is connected to: that an attacker's name server answered otherwise before is of no use.</summary>
    [Fact]
    public async Task A_name_that_leads_inside_is_refused_when_it_is_connected_to()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var terse = await TerseInstance.StartAsync();
        var inside = new UriBuilder(receiver.Url) { Host = "localhost" }.Uri;
        var store = terse.App.Services.GetRequiredService<IWebhookStore>();
        await store.AddAsync(
            new Webhook
            {
                Id = "wh_inside",
                Url = inside.ToString(),
                Events = ["link.created"],
                Secret = WebhookSignature.NewSecret(),
                Description = "",
                Owner = "test",
                CreatedAt = terse.Time.GetUtcNow(),
                Version = 1,
            },
            TestContext.Current.CancellationToken);

        using var ping = await terse.Admin.PostAsync("/api/v1/webhooks/wh_inside/ping", null, TestContext.Current.CancellationToken);

        var result = await ping.JsonAsync();
        Assert.False(result.GetProperty("delivered").GetBoolean());
        Assert.Contains("not public", result.Text("error"), StringComparison.Ordinal);
        Assert.Empty(receiver.Received);
    }
}

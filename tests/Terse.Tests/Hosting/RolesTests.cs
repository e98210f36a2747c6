using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Terse.Codes;
using Terse.Links;
using Terse.Redirects;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Hosting;

public sealed class RolesTests
{
    [Theory]
    [InlineData("Redirect", "/x1", HttpStatusCode.Found)]
    [InlineData("Redirect", "/api/v1/links", HttpStatusCode.NotFound)]
    [InlineData("Redirect", "/docs/", HttpStatusCode.NotFound)]
    [InlineData("Redirect", "/openapi/v1.json", HttpStatusCode.NotFound)]
    [InlineData("Api", "/x1", HttpStatusCode.NotFound)]
    [InlineData("Api", "/api/v1/links", HttpStatusCode.OK)]
    [InlineData("Api", "/docs/", HttpStatusCode.OK)]
    [InlineData("Clicks", "/x1", HttpStatusCode.NotFound)]
    [InlineData("Clicks", "/api/v1/links", HttpStatusCode.NotFound)]
    [InlineData("Redirect, Api", "/x1", HttpStatusCode.Found)]
    [InlineData("Redirect, Api", "/api/v1/links", HttpStatusCode.OK)]
    public async Task A_node_answers_what_its_roles_say(string roles, string path, HttpStatusCode expected)
    {
        await using var all = await TerseInstance.StartAsync();
        await all.CreateAsync(new { url = "https://example.com/", alias = "x1" });
        await using var node = await TerseInstance.StartAsync(new() { ["Terse:Roles"] = roles }, all.Data);
        using var answer = await node.Admin.GetAsync(path, TestContext.Current.CancellationToken);
        using var ready = await node.Anonymous.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        Assert.Equal((expected, HttpStatusCode.OK), (answer.StatusCode, ready.StatusCode));
    }

    [Fact]
    public async Task A_redirect_node_composes_nothing_that_writes_links()
    {
        await using var node = await TerseInstance.StartAsync(new() { ["Terse:Roles"] = "Redirect" });
        Assert.Null(node.App.Services.GetService<LinkCreator>());
        Assert.Null(node.App.Services.GetService<CodeGenerator>());
        Assert.Null(node.App.Services.GetService<global::Terse.Hosting.FirstKey>());
        Assert.NotNull(node.App.Services.GetService<LinkCache>());
    }

    /// <summary>So that neither its start nor a redirect waits for it.</summary>
    [Fact]
    public async Task A_redirect_node_opens_no_click_store()
    {
        await using var node = await TerseInstance.StartAsync(new() { ["Terse:Roles"] = "Redirect" });

        using var visit = await node.Anonymous.GetAsync("/none", TestContext.Current.CancellationToken);
        using var ready = await node.Anonymous.GetAsync("/health/ready", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (visit.StatusCode, ready.StatusCode));
        Assert.True(Directory.Exists(Path.Combine(node.Data, "clicks")));
        Assert.False(File.Exists(Path.Combine(node.Data, "clicks.duckdb")));
    }

    [Fact]
    public async Task An_API_node_composes_no_redirect_path()
    {
        await using var node = await TerseInstance.StartAsync(new() { ["Terse:Roles"] = "Api" });
        Assert.Null(node.App.Services.GetService<LinkCache>());
        Assert.NotNull(node.App.Services.GetService<LinkCreator>());
    }

    [Theory]
    [InlineData("Redirect", HttpStatusCode.OK, "degraded")]
    [InlineData("All", HttpStatusCode.OK, "degraded")]
    [InlineData("Api", HttpStatusCode.ServiceUnavailable, "failed")]
    [InlineData("Clicks", HttpStatusCode.OK, "ok")]
    public async Task Without_the_link_store_a_node_is_ready_if_its_roles_still_have_something_to_answer(string roles, HttpStatusCode status, string says)
    {
        var store = new ScriptedLinkStore();
        await using var node = await TerseInstance.StartAsync(
            new() { ["Terse:Roles"] = roles }, configure: services => services.AddSingleton<ILinkStore>(store));
        store.Down = true;
        using var answer = await node.Anonymous.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        Assert.Equal((status, says), (answer.StatusCode, (await answer.JsonAsync()).Text("status")));
    }

    [Theory]
    [InlineData("Redirects")]
    [InlineData("")]
    [InlineData("Redirect,")]
    [InlineData("3")]
    public async Task Unknown_roles_stop_the_start_with_the_legal_ones(string roles)
    {
        var failure = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => TerseInstance.StartAsync(new() { ["Terse:Roles"] = roles }));
        Assert.Contains("All, or one or more of Redirect, Api, Clicks, Admin", string.Join(' ', failure.Failures), StringComparison.Ordinal);
    }
}

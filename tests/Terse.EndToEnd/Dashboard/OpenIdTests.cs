namespace Terse.EndToEnd.Dashboard;

/// <summary>People of a real provider sign in to the real program, in a browser.</summary>
[Collection(nameof(DashboardTestGroup))]
public sealed class OpenIdTests(DashboardFixture dashboard) : WithDataDirectory
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory, BothLooks]
    public async Task A_person_signs_in_acts_under_their_own_name_and_signs_out_here_and_at_the_provider(Look look)
    {
        await using var provider = await SignInService.StartAsync(Cancellation);
        provider.Says = (["editors"], true);
        await using var terse = await ServeAsync(provider, "Domains=example.com", "WriteValues=editors, writers");
        await using var page = await OpenAsync(provider, terse, look);
        await page.GoAsync("/admin/links?q=ada");
        await page.Link("Sign in with Example").ClickAsync();
        await SignInAsync(page, "Ada@example.com");
        await page.Page.WaitForURLAsync("**/admin/links?q=ada");

        await page.GoAsync("/admin");
        await page.Page.Locator("#make-form [name=url]").FillAsync("https://example.com/by/ada");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SeesAsync(page.Page.Locator(".made .short"));
        using var api = terse.Client();
        var audit = await api.GetStringAsync("/api/v1/audit", Cancellation);
        Assert.Contains("person:Ada@example.com", audit, StringComparison.Ordinal);

        // What a writer may not do here, she may not do, and there is nothing to do it with.
        await page.SeesNotAsync(page.Link("API keys"));
        Assert.Contains("terse-session", (await page.Page.Context.CookiesAsync()).Select(cookie => cookie.Name));
        await page.SignOutAsync();
        await page.SeesAsync("You are signed out here.");
        await page.LooksRightAsync();
        Assert.DoesNotContain("terse-session", (await page.Page.Context.CookiesAsync()).Select(cookie => cookie.Name));
        await page.Link("Sign out of Example too").ClickAsync();
        await page.SeesAsync("The provider has ended the session of id-of-Ada@example.com.");
        await page.GoAsync("/admin/links");
        Assert.Contains("/admin/sign-in", page.Page.Url, StringComparison.Ordinal);

        Assert.Contains("Ada@example.com signed in to the dashboard", terse.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(SignInService.Secret, terse.Output + terse.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("code=", terse.Output + terse.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eve@elsewhere.example", true)]
    [InlineData("eve@example.com.evil.example", true)]
    [InlineData("unchecked@example.com", false)]
    public async Task Whom_no_option_lets_in_is_told_so_and_has_no_session(string email, bool verified)
    {
        await using var provider = await SignInService.StartAsync(Cancellation);
        provider.Says = (["editors"], verified);
        await using var terse = await ServeAsync(provider, "Domains=example.com", "AdminValues=editors");
        await using var page = await OpenAsync(provider, terse);
        await page.GoAsync("/admin/sign-in");
        await page.Link("Sign in with Example").ClickAsync();
        await SignInAsync(page, email);
        await page.SeesAsync("You may not come in here.");
        await page.SeesAsync("whom this instance does not let in");
        await page.GoAsync("/admin");
        Assert.Contains("/admin/sign-in", page.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_that_is_called_off_replayed_or_without_a_provider_says_what_to_do()
    {
        var provider = await SignInService.StartAsync(Cancellation);
        await using (var terse = await ServeAsync(provider, "Users=ada@example.com", "Allows=admin"))
        {
            await using var page = await OpenAsync(provider, terse);
            await page.GoAsync("/admin/sign-in");
            await page.Link("Sign in with Example").ClickAsync();
            await SignInAsync(page, "no");
            await page.SeesAsync("The sign-in was called off.");
            await page.GoAsync("/admin/sign-in/openid/return?code=stolen&state=made-up");
            await page.SeesAsync("The sign-in did not work out.");
        }

        // A program that has read the provider's description goes on with it: this one has not.
        await provider.DisposeAsync();
        await using var late = await ServeAsync(provider, "Users=ada@example.com");
        await using var other = await OpenAsync(provider, late);
        await other.GoAsync("/admin/sign-in/openid");
        await other.SeesAsync("The sign-in service cannot be reached.");
        await other.Link("Sign in").ClickAsync();
        await other.SignInAsync(TerseProcess.AdminKey);
    }

    [Fact]
    public async Task A_session_ends_without_the_provider_and_when_the_options_no_longer_let_its_person_in()
    {
        await using var provider = await SignInService.StartAsync(Cancellation);
        string session;
        await using (var terse = await ServeAsync(provider, "Users=ada@example.com", "Allows=admin"))
        {
            await using var page = await OpenAsync(provider, terse);
            await page.GoAsync("/admin/keys");
            await page.Link("Sign in with Example").ClickAsync();
            await SignInAsync(page, "ada@example.com");
            await page.SeesAsync("All keys");
            session = await page.Page.Context.StorageStateAsync();
        }

        // The provider is away: signing out here does not wait for it, and says what is left to do.
        await provider.DisposeAsync();
        await using (var alone = await ServeAsync(provider, "Users=ada@example.com", "Allows=admin"))
        {
            await using var page = await OpenAsync(provider, alone, session: session);
            await page.GoAsync("/admin/keys");
            await page.SeesAsync("All keys");
            await page.SignOutAsync();
            await page.SeesAsync("If others use it, sign out there too.");
        }

        await using var stricter = await ServeAsync(provider, "Users=bob@example.com", "Allows=admin");
        await using var later = await OpenAsync(provider, stricter, session: session);
        await later.GoAsync("/admin/keys");
        Assert.Contains("/admin/sign-in", later.Page.Url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://login.example.com", "Users=ada@example.com", "ClientId must be")]
    [InlineData("https://login.example.com", "ClientId=terse", "lets nobody in")]
    [InlineData("http://login.example.com", "ClientId=terse", "must start with https://")]
    public async Task Options_that_let_nobody_or_anybody_in_stop_the_start(string authority, string other, string says)
    {
        await using var terse = await TerseProcess.RunAsync("--data", Data, "--urls", "http://127.0.0.1:0", "--set", $"Admin:OpenIdConnect:Authority={authority}", "--set", $"Admin:OpenIdConnect:{other}");
        Assert.NotEqual(0, terse.ExitCode);
        Assert.Contains(says, terse.Errors + terse.Output, StringComparison.Ordinal);
    }

    private Task<TerseProcess> ServeAsync(SignInService provider, params string[] options) => TerseProcess.ServeAsync(Data, more:
    [
        .. new[] { $"Authority={provider.Address}", $"ClientId={SignInService.ClientId}", $"ClientSecret={SignInService.Secret}", "Name=Example", "Scopes=openid profile email roles" }
            .Concat(options).SelectMany(option => new[] { "--set", $"Admin:OpenIdConnect:{option}" }),
    ]);

    private async Task<DashboardPage> OpenAsync(SignInService provider, TerseProcess terse, Look look = Look.LightDesk, string? session = null)
    {
        await dashboard.StartAsync();
        var page = await DashboardPage.OpenAsync(dashboard.Browser, terse.Url, session, look);
        (page.MayVisit, page.ExpectsRefusals) = (provider.Address.Authority, true);
        return page;
    }

    private static async Task SignInAsync(DashboardPage page, string email)
    {
        await page.SeesAsync(page.Page.GetByLabel("Who are you?"));
        await page.Page.GetByLabel("Who are you?").FillAsync(email);
        await page.Button("I am").ClickAsync();
    }
}

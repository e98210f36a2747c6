using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace Terse.EndToEnd.Dashboard;

/// <summary>
/// A browser window on the dashboard. Whatever a test does in it, at its end there must be no error in the console (a violation of the content
/// security policy is one), no script failure, and no request to any other host.
/// </summary>
internal sealed class DashboardPage : IAsyncDisposable
{
    internal const float TimeLimit = 60_000;
    private static readonly Lazy<string> Axe = new(() => File.ReadAllText(Path.Combine(Repository.Root, "artifacts/npm/node_modules/axe-core/axe.min.js")));
    private readonly ConcurrentQueue<string> _troubles = new();
    private readonly Look _look;

    private DashboardPage(IPage page, Uri url, Look look)
    {
        (Page, _look) = (page, look);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !IsExpected(message.Text)) _troubles.Enqueue($"console: {message.Text} {message.Location}");
        };
        page.PageError += (_, error) =>
        {
            // A page that is left in the middle of a transition: the browser says so, and nothing is wrong.
            if (!error.Contains("ransition", StringComparison.Ordinal)) _troubles.Enqueue($"script: {error}");
        };
        page.Request += (_, request) =>
        {
            var to = new Uri(request.Url);
            if (to.Scheme is not ("data" or "blob") && to.Authority != url.Authority && to.Authority != MayVisit) _troubles.Enqueue($"another host: {request.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>Statuses that the test provokes; the browser writes each to its console.</summary>
    public bool ExpectsRefusals { get; set; }

    /// <summary>The host and port of a service elsewhere, for tests that go there.</summary>
    public string? MayVisit { get; set; }

    public static async Task<DashboardPage> OpenAsync(IBrowser browser, Uri url, string? session = null, Look look = Look.LightDesk, bool scripts = true, int? width = null)
    {
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = url.GetLeftPart(UriPartial.Authority),
            StorageState = session,
            ColorScheme = look.IsDark() ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = look.IsPhone() ? new() { Width = width ?? 390, Height = 844 } : new() { Width = width ?? 1360, Height = 900 },
            HasTouch = look.IsPhone(),
            JavaScriptEnabled = scripts,
            TimezoneId = "UTC",
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(TimeLimit);
        return new(await context.NewPageAsync(), url, look);
    }

    public async Task<IResponse> GoAsync(string path) => (await Page.GotoAsync(path))!;

    public async Task SignInAsync(string key)
    {
        await GoAsync("/admin/sign-in");
        await Page.GetByLabel("API key").FillAsync(key);
        await Page.Keyboard.PressAsync("Enter");
        await Page.WaitForURLAsync("**/admin");
    }

    /// <summary>By the button at the foot of the navigation, which on a phone is behind "More".</summary>
    public async Task SignOutAsync()
    {
        if (_look.IsPhone()) await Page.GetByText("More", new() { Exact = true }).ClickAsync();
        await Page.Locator(_look.IsPhone() ? ".phone-more form button" : ".side .who button").ClickAsync();
    }

    /// <summary>The form for a new link, from any page: with a key, or the button under the thumb.</summary>
    public async Task<ILocator> StartLinkAsync()
    {
        if (_look.IsPhone()) await Page.Locator(".phone-bar .make").TapAsync();
        else await Page.Keyboard.PressAsync("c");
        var form = Page.Locator("#in-dialog");
        await SeesAsync(form);
        return form;
    }

    public Task ConfirmAsync() => Page.Locator("#confirm-yes").ClickAsync();

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public Task SeesAsync(string text) => SeesAsync(Page.GetByText(text).Filter(new() { Visible = true }));

    public Task SeesAsync(ILocator what) => WaitAsync(() => Assertions.Expect(what.First).ToBeVisibleAsync(new() { Timeout = TimeLimit }));

    public Task SeesNotAsync(ILocator what) => WaitAsync(() => Assertions.Expect(what).ToHaveCountAsync(0, new() { Timeout = TimeLimit }));

    /// <summary>The page as it stands is readable for everyone, and no wider than its window.</summary>
    public async Task LooksRightAsync()
    {
        var findings = await FindingsAsync();
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    /// <summary>Serious findings of axe, and what makes the page too wide.</summary>
    public async Task<IReadOnlyList<string>> FindingsAsync()
    {
        // What is half faded in has half its contrast.
        await Page.EvaluateAsync("() => Promise.all(document.getAnimations().filter(one => one.effect.getTiming().iterations !== Infinity).map(one => one.finished.catch(() => {})))");
        if (!await Page.EvaluateAsync<bool>("() => 'axe' in window")) await Page.EvaluateAsync(Axe.Value);
        var result = await Page.EvaluateAsync<JsonElement>("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => ({ id: v.id, nodes: v.nodes.slice(0, 3).map(n => n.html + ' ' + n.failureSummary) }))");
        var findings = result.EnumerateArray().Select(finding => $"{Page.Url}, {_look}: {finding}").ToList();
        if (await TooWideAsync() is { } tooWide) findings.Add($"{Page.Url}, {_look}: {tooWide}");
        return findings;
    }

    /// <summary>Whether the page scrolls sideways, and which elements are to blame; null if it does not.</summary>
    public Task<string?> TooWideAsync() => Page.EvaluateAsync<string?>("""
        () => {
          const limit = document.documentElement.clientWidth, excess = document.documentElement.scrollWidth - limit;
          if (excess <= 0) return null;
          const widest = [...document.querySelectorAll('body *')].map(element => ({ element, right: element.getBoundingClientRect().right }))
            .filter(({ right }) => right > limit + 0.5).sort((a, b) => b.right - a.right).slice(0, 8)
            .map(({ element, right }) => `<${element.localName} class="${element.getAttribute('class') ?? ''}"> to ${Math.round(right)}: ${element.textContent.trim().slice(0, 40)}`);
          return `is ${excess} pixels too wide: ${widest.join('; ')}`;
        }
        """);

    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync();
        Assert.True(_troubles.IsEmpty, string.Join('\n', _troubles));
    }

    private async Task WaitAsync(Func<Task> sight)
    {
        try
        {
            await sight();
        }
        catch (PlaywrightException e)
        {
            Assert.Fail($"At {Page.Url}: {e.Message} {string.Join(' ', _troubles)}");
        }
    }

    private bool IsExpected(string text) => ExpectsRefusals && text.StartsWith("Failed to load resource", StringComparison.Ordinal) && !text.Contains("net::", StringComparison.Ordinal);
}

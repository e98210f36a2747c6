using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Terse.EndToEnd.Dashboard;

/// <summary>
/// A browser window on the dashboard. Whatever a test does in it, at its end there must be no error in the console (a violation of the content
/// security policy is one), no script failure, and no request to any other host.
/// </summary>
internal sealed class DashboardPage : IAsyncDisposable
{
    private const float TimeLimit = 60_000;
    private readonly ConcurrentQueue<string> _troubles = new();

    private DashboardPage(IPage page, Uri url)
    {
        Page = page;
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

    /// <summary>The host and port of a sign-in service, for tests that go there.</summary>
    public string? MayVisit { get; set; }

    public static async Task<DashboardPage> OpenAsync(IBrowser browser, Uri url, string? session, bool dark, bool phone, bool scripts, int? width = null)
    {
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = url.GetLeftPart(UriPartial.Authority),
            StorageState = session,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = phone ? new() { Width = width ?? 390, Height = 844 } : new() { Width = width ?? 1360, Height = 900 },
            HasTouch = phone,
            JavaScriptEnabled = scripts,
            TimezoneId = "UTC",
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(TimeLimit);
        return new(await context.NewPageAsync(), url);
    }

    public async Task<IResponse> GoAsync(string path) => (await Page.GotoAsync(path))!;

    public async Task SignInAsync(string key)
    {
        await GoAsync("/admin/sign-in");
        await Page.GetByLabel("API key").FillAsync(key);
        await Page.Keyboard.PressAsync("Enter");
        await Page.WaitForURLAsync("**/admin");
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public Task SeesAsync(string text) => SeesAsync(Page.GetByText(text));

    public Task SeesAsync(ILocator what) => WaitAsync(() => Assertions.Expect(what.First).ToBeVisibleAsync(new() { Timeout = TimeLimit }));

    public Task SeesNotAsync(ILocator what) => WaitAsync(() => Assertions.Expect(what).ToHaveCountAsync(0, new() { Timeout = TimeLimit }));

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

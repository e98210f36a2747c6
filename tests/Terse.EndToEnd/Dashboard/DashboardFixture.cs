using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Terse.EndToEnd.Dashboard.DashboardFixture))]

namespace Terse.EndToEnd.Dashboard;

/// <summary>One program with a past and one browser for all tests of the dashboard. Both start when a test first asks for a page.</summary>
public sealed class DashboardFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1);
    private readonly string _data = Directory.CreateTempSubdirectory("terse-dashboard-").FullName;
    private IPlaywright? _playwright;
    private string? _session;

    public IBrowser Browser { get; private set; } = null!;

    internal TerseProcess Terse { get; private set; } = null!;

    /// <summary>A page in a browser window of its own, signed in as the admin unless told otherwise.</summary>
    internal async Task<DashboardPage> OpenAsync(string? path = null, Look look = Look.LightDesk, bool signedIn = true, bool scripts = true)
    {
        await StartAsync();
        var page = await DashboardPage.OpenAsync(Browser, Terse.Url, signedIn ? _session : null, look, scripts);
        if (path is not null) await page.GoAsync(path);
        return page;
    }

    internal async Task<HttpClient> ClientAsync()
    {
        await StartAsync();
        return Terse.Client();
    }

    public async Task StartAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (_session is not null) return;
            await DashboardSeed.WriteAsync(_data, TestContext.Current.CancellationToken);
            Terse = await TerseProcess.ServeAsync(_data);
            Assertions.SetDefaultExpectTimeout(DashboardPage.TimeLimit);
            _playwright = await Playwright.CreateAsync();
            Browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Environment.GetEnvironmentVariable("TERSE_TEST_CHROMIUM") ?? "/usr/bin/chromium", Args = ["--no-sandbox"] });
            await using var page = await DashboardPage.OpenAsync(Browser, Terse.Url);
            await page.SignInAsync(TerseProcess.AdminKey);
            _session = await page.Page.Context.StorageStateAsync();
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        _playwright?.Dispose();
        if (Terse is not null) await Terse.DisposeAsync();
        Directory.Delete(_data, recursive: true);
        _starting.Dispose();
    }
}

/// <summary>Where the sources are.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Terse.slnx"))) folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        return folder.FullName;
    }
}

/// <summary>The tests of the dashboard run one after the other: they share a browser, a program, and two cores.</summary>
[CollectionDefinition(nameof(DashboardTestGroup), DisableParallelization = true)]
public sealed class DashboardTestGroup;

using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Terse.Hosting;

namespace Terse.Tests.Infrastructure;

/// <summary>
/// The whole product in this process, on Kestrel at a free loopback port, with a data directory of its own and a clock that the test turns.
/// </summary>
internal sealed class TerseInstance : IAsyncDisposable
{
    public const string AdminKey = "terse_AAAAAAAAAA_0123456789abcdefghijklmnopqrstuv";

    private readonly bool _ownsData;

    private TerseInstance(WebApplication app, string data, bool ownsData, FakeTimeProvider time)
    {
        (App, Data, _ownsData, Time) = (app, data, ownsData, time);
        Url = new Uri(app.Urls.First());
        Admin = Client(AdminKey);
        Anonymous = Client(null);
    }

    public WebApplication App { get; }

    public string Data { get; }

    public Uri Url { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>Sends the admin key with every request, and follows no redirects.</summary>
    public HttpClient Admin { get; }

    public HttpClient Anonymous { get; }

    public static async Task<TerseInstance> StartAsync(
        Dictionary<string, string?>? settings = null, string? data = null, FakeTimeProvider? time = null, Action<IServiceCollection>? configure = null)
    {
        var directory = data ?? Directory.CreateTempSubdirectory("terse-test-").FullName;
        time ??= new FakeTimeProvider(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
        var all = new Dictionary<string, string?>(settings ?? [], StringComparer.OrdinalIgnoreCase)
        {
            ["Terse:Data"] = directory,
            ["Terse:Urls"] = "http://127.0.0.1:0",
            ["Terse:BootstrapKey"] = AdminKey,
        };

        // Clicks are worked off at once, whatever the clock says.
        all.TryAdd("Terse:Clicks:Linger", "00:00:00");
        all.TryAdd("Terse:Clicks:LogMebibytes", "1");
        var app = TerseApp.Create(all, services =>
        {
            services.AddSingleton<TimeProvider>(time);
            services.AddLogging(logging => logging.ClearProviders().AddProvider(new TestOutputLogs()));
            configure?.Invoke(services);
        });
        await app.StartAsync();
        return new TerseInstance(app, directory, ownsData: data is null, time);
    }

    public HttpClient Client(string? apiKey)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Url };
        if (apiKey is not null) client.DefaultRequestHeaders.Add("X-Api-Key", apiKey);
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return client;
    }

    /// <summary>Makes a link that must succeed, and returns it as the API shows it.</summary>
    public async Task<JsonElement> CreateAsync(object link)
    {
        using var response = await Admin.PostJsonAsync("/api/v1/links", link);
        Assert.Equal(System.Net.HttpStatusCode.Created, response.StatusCode);
        return await response.JsonAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        Anonymous.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        if (_ownsData) Directory.Delete(Data, recursive: true);
    }
}

internal static class Responses
{
    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, object body) =>
        client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

    /// <summary>Asserts that the answer is a problem of this status and type, and returns it.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage response, int status, string type)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.JsonAsync();
        Assert.Equal($"https://terse.dev/problems/{type}", problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        return problem;
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static string[] ErrorFields(this JsonElement problem) =>
        [.. problem.GetProperty("errors").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)];
}

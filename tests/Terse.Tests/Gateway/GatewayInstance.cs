using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Terse.Gateway;
using Terse.Tests.Infrastructure;
using Yarp.ReverseProxy;

namespace Terse.Tests.Gateway;

/// <summary>The gateway in this process, on a free loopback port, in front of given nodes.</summary>
internal sealed class GatewayInstance : IAsyncDisposable
{
    private GatewayInstance(WebApplication app)
    {
        App = app;
        Url = new Uri(app.Urls.First());
        Client = NewClient();
    }

    public WebApplication App { get; }

    public Uri Url { get; }

    public HttpClient Client { get; }

    /// <summary>How many requests nodes have of it.</summary>
    public int InFlight => App.Services.GetRequiredService<IProxyStateLookup>().GetClusters().Sum(static cluster => cluster.Destinations.Values.Sum(static node => node.ConcurrentRequestCount));

    public static Task<GatewayInstance> StartAsync(IEnumerable<Uri> redirectNodes, params (string Name, string Value)[] settings) => StartAsync(redirectNodes, TimeProvider.System, settings);

    public static async Task<GatewayInstance> StartAsync(IEnumerable<Uri> redirectNodes, TimeProvider time, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Terse:Urls"] = "http://127.0.0.1:0",

            // A machine that stalls is not what these tests are about: those that are set their own.
            ["Terse:Gateway:SilenceTimeout"] = "00:01:00",
            ["Terse:Gateway:RedirectTimeout"] = "00:01:00",
            ["Terse:Gateway:ConnectTimeout"] = "00:00:30",
            ["Terse:Gateway:RedirectNodes"] = string.Join(",", redirectNodes.Select(node => node.GetLeftPart(UriPartial.Authority))),
        };
        foreach (var (name, value) in settings) all[name] = value;
        var app = GatewayApp.Create(all, services => services.AddSingleton(time).AddLogging(logging => logging.ClearProviders().AddProvider(new TestOutputLogs())));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new GatewayInstance(app);
    }

    public HttpClient NewClient(bool cookies = false) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = cookies,
        SslOptions = new() { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == $"CN={CertificateFiles.Host}" },
    })
    {
        BaseAddress = Url,
        Timeout = TimeSpan.FromMinutes(2),
    };

    /// <summary>Changes settings as an edit of appsettings.json would.</summary>
    public void Reconfigure(params (string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings) App.Configuration[name] = value;
        ((IConfigurationRoot)App.Configuration).Reload();
    }

    /// <summary>The name of the node that answered a GET.</summary>
    public async Task<string> AskAsync(string path, HttpClient? client = null)
    {
        using var answer = await (client ?? Client).GetAsync(path, TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode ? (await answer.JsonAsync()).Text("node") : $"{(int)answer.StatusCode}";
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync(TestContext.Current.CancellationToken);
        await App.DisposeAsync();
    }
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Terse.Codes;
using Terse.Links;
using Terse.Redirects;

namespace Terse.Tests.Redirects;

/// <summary>The redirect slice behind a real Kestrel on a free loopback port, with a clock and a store that the test holds in its hands.</summary>
internal sealed class RedirectServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RedirectServer(WebApplication app) => _app = app;

    public ScriptedLinkStore Store { get; private init; } = null!;

    public FakeTimeProvider Time { get; private init; } = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The address that requests seem to come from; null: the real one.</summary>
    public IPAddress? From { get; set; }

    public LinkChanges Changes => _app.Services.GetRequiredService<LinkChanges>();

    public RedirectMetrics Metrics => _app.Services.GetRequiredService<RedirectMetrics>();

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public long Count(RedirectCount count) => Metrics.Read(count);

    public static async Task<RedirectServer> StartAsync(params (string Name, string Value)[] options) => await StartAsync(null, options);

    public static async Task<RedirectServer> StartAsync(Action<IServiceCollection>? configure, params (string Name, string Value)[] options)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(static listen => listen.UseWireRedirects());
        });
        builder.Configuration.AddInMemoryCollection([new($"{RedirectOptions.Section}:{nameof(RedirectOptions.Wire)}", "false")]);
        builder.Configuration.AddInMemoryCollection(options.ToDictionary(option => $"{RedirectOptions.Section}:{option.Name}", option => (string?)option.Value));
        var store = new ScriptedLinkStore();
        builder.Services.AddSingleton<TimeProvider>(time).AddSingleton<ILinkStore>(store).AddSingleton<LinkChanges>().AddRedirects();
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        var server = new RedirectServer(app) { Store = store, Time = time };
        app.Use((context, next) =>
        {
            if (server.From is { } from) context.Connection.RemoteIpAddress = from;
            return next(context);
        });
        app.UseRedirects();
        app.Run(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return Task.CompletedTask;
        });
        await app.StartAsync(TestContext.Current.CancellationToken);

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 2000 }) { BaseAddress = new Uri(address) };
        return server;
    }

    /// <summary>Puts a link in the store, as another program would: nobody is told.</summary>
    public Link Put(string code, string destination = "https://example.com/", Func<Link, Link>? with = null)
    {
        var now = Time.GetUtcNow();
        var link = new Link
        {
            Code = ShortCode.Parse(code),
            Destination = destination,
            CreatedAt = now,
            EndsAt = now.AddYears(5),
            Owner = "test",
            Version = now.ToUnixTimeMilliseconds(),
        };
        link = with?.Invoke(link) ?? link;
        Store.Set(link);
        return link;
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? accept = null) => SendAsync(HttpMethod.Get, path, accept);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? accept = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (accept is not null) request.Headers.Add("Accept", accept);
        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

using Terse.Abuse;
using Terse.Adapters.Redis;
using Terse.Admin;
using Terse.ApiKeys;
using Terse.Auditing;
using Terse.Cdn;
using Terse.Clicks;
using Terse.Clicks.Statistics;
using Terse.Codes;
using Terse.Links;
using Terse.Migration;
using Terse.Portability;
using Terse.RateLimiting;
using Terse.Redirects;
using Terse.Webhooks;

namespace Terse.Hosting;

/// <summary>The composition root of the server: what there is, and in which order a request meets it.</summary>
internal static class TerseApp
{
    /// <param name="settings">What the command line says; it wins over the environment and appsettings.json.</param>
    /// <param name="configure">What a test replaces: the clock, for one.</param>
    public static WebApplication Create(IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? configure = null)
    {
        // The content root is where the program lies, so that its pages are found from any working directory.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        var terse = builder.AddTerseConfiguration(settings);
        builder.WebHost.UseUrls(terse.Urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        var roles = terse.NodeRoles;
        var managesLinks = roles.Has(NodeRoles.Api | NodeRoles.Admin);
        builder.UseKestrelTuning(redirectsOnly: roles == NodeRoles.Redirect);

        builder.Services.AddHosting(terse);
        builder.Services.AddNodeHealth(roles);
        builder.Services.AddTelemetry(builder.Configuration, httpServer: roles != NodeRoles.Redirect);
        builder.Services.AddStores(builder.Configuration);
        builder.Services.AddApiKeys();
        builder.Services.AddPages();
        builder.Services.AddCodes(makes: managesLinks);
        if (managesLinks)
        {
            builder.Services.AddLinks();
            builder.Services.AddFirstKey();
            builder.Services.AddAuditRetention();
            builder.Services.AddRescan();
            builder.Services.AddWebhooks();
            builder.Services.AddEdgePurges();
        }
        else
        {
            builder.Services.AddLinkRules();
        }

        builder.Services.AddStatistics();
        builder.Services.AddLiveClicksOfOthers(builder.Configuration, roles);
        if (roles.Has(NodeRoles.Clicks))
        {
            builder.Services.AddClickWorker();
            builder.Services.AddRollUp();
            builder.Services.AddClickWebhooks();
        }

        if (roles.Has(NodeRoles.Redirect))
        {
            builder.Services.AddSingleton<CodeMayExist>(provider => provider.GetRequiredService<IssuedCodes>().MayExist);
            if (Stores.OthersWriteUnheard(builder.Configuration)) builder.Services.AddHostedService<LookalikeRefresh>();
            builder.Services.AddRedirects();
            builder.Services.AddClickRecording();
            builder.Services.AddClickPublisher(builder.Configuration);
        }

        if (managesLinks) builder.Services.AddPortability().AddDeadLetters();
        if (roles.Has(NodeRoles.Api)) builder.Services.AddTerseOpenApi().AddEdgeLogs();
        if (roles.Has(NodeRoles.Admin)) builder.Services.AddAdmin(terse, builder.Configuration);

        if (managesLinks || roles.Has(NodeRoles.Redirect)) builder.Services.AddRedis(builder.Configuration);

        // The last to hear of a change, since it waits for the disk: caches and other nodes stop redirecting before.
        if (managesLinks) builder.Services.AddErasure();
        if (roles.Has(NodeRoles.Api)) builder.Services.AddRateLimits(RateLimitCallers.OfNode);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseRequestHygiene();
        if (terse.TrustedProxies.Length > 0) app.UseForwardedHeaders();
        if (roles.Has(NodeRoles.Redirect)) app.UseRedirects();
        app.UseExceptionHandler();
        if (roles.Has(NodeRoles.Admin)) app.UseAdminHeaders();
        app.UseStatusCodePages();
        if (roles.Has(NodeRoles.Redirect)) app.UseReports();
        app.UseRouting();
        app.UseAuthentication();
        if (roles.Has(NodeRoles.Api)) app.UseRateLimits();
        app.UseAuthorization();

        app.MapHealth();
        app.MapMetrics();
        app.MapHome();
        if (roles.Has(NodeRoles.Api))
        {
            app.MapLinks();
            app.MapApiKeys();
            app.MapStatistics();
            app.MapLiveClicks();
            app.MapDeadLetters();
            app.MapEdgeLogs();
            app.MapPortability();
            app.MapMigration();
            app.MapAudit();
            app.MapAbuse();
            app.MapWebhooks();
            app.MapTerseOpenApi();
        }

        if (roles.Has(NodeRoles.Admin)) app.MapAdmin();
        return app;
    }
}

using Terse.Auditing;
using Terse.Hosting;
using Terse.Webhooks;

namespace Terse.Links;

internal static class LinksServices
{
    public static IServiceCollection AddLinks(this IServiceCollection services) => services
        .AddLinkRules()
        .AddSingleton<LinkCreator>()
        .AddSingleton<LinkCreation>()
        .AddSingleton<LinkEditor>()
        .AddHostedService<RetentionSweeper>();

    /// <summary>What a link may be: all that an import needs, without a server.</summary>
    public static IServiceCollection AddLinkRules(this IServiceCollection services)
    {
        services.AddCheckedOptions<LinksOptions>(LinksOptions.Section);
        return services
            .AddSingleton<OwnAddresses>()
            .AddSingleton<Blocklist>()
            .AddSingleton<DestinationPolicy>()
            .AddSingleton<LinkValidator>()
            .AddSingleton<LinkPasswords>()
            .AddSingleton<LinkChanges>()
            .AddAuditLog()
            .AddWebhookOutbox()
            .AddSingleton<LinkJournal>();
    }
}

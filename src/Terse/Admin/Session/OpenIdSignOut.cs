using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Terse.Admin.Session;

/// <summary>
/// Where the provider ends its own session (OpenID Connect RP-Initiated Logout 1.0). It is a link for the person to follow, never a redirect: under the
/// content security policy the answer to a form leads nowhere else, and who shares a provider with other programs may not want to leave those too.
/// </summary>
internal static class OpenIdSignOut
{
    // Signing out here must not wait for a provider that is away.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>The address, or null for a provider that has none or cannot be asked. To be asked before the session ends, since it names the session.</summary>
    public static async Task<string?> AddressAsync(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get(OpenIdSignIn.Scheme);
        using var limit = new CancellationTokenSource(Patience, context.RequestServices.GetRequiredService<TimeProvider>());
        try
        {
            var provider = await options.ConfigurationManager!.GetConfigurationAsync(limit.Token);
            if (string.IsNullOrEmpty(provider.EndSessionEndpoint)) return null;
            return new OpenIdConnectMessage
            {
                IssuerAddress = provider.EndSessionEndpoint,
                ClientId = options.ClientId,
                IdTokenHint = await context.GetTokenAsync(AdminSession.Scheme, OpenIdConnectParameterNames.IdToken),
                EnableTelemetryParameters = false,
            }.CreateLogoutRequestUrl();
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException)
        {
            return null;
        }
    }
}

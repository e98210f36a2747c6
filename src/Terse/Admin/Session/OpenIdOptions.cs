using System.ComponentModel.DataAnnotations;

namespace Terse.Admin.Session;

/// <summary>
/// Signing in to the dashboard with an account at an OpenID Connect provider (authorization code with PKCE), beside API keys. Register
/// <c>/admin/sign-in/openid/return</c> under this instance's address there. Who is let in is decided here: by <c>Domains</c> and <c>Users</c>, and by a claim.
/// </summary>
internal sealed class OpenIdOptions : IValidatableObject
{
    public const string Section = "Terse:Admin:OpenIdConnect";

    /// <summary>The provider's address, under which it has <c>/.well-known/openid-configuration</c>. Empty: nobody signs in this way.</summary>
    public string Authority { get; set; } = "";

    /// <summary>What the provider calls this instance.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The secret that the provider gave this instance. Never logged. Empty for a public client, which PKCE alone protects.</summary>
    public string ClientSecret { get; set; } = "";

    /// <summary>The provider's name on the button: "Sign in with …". 1 to 40 characters.</summary>
    [RegularExpression("^[^\\p{C}]{1,40}$", ErrorMessage = "Terse:Admin:OpenIdConnect:Name must be 1 to 40 characters, none of them a control character.")]
    public string Name { get; set; } = "single sign-on";

    /// <summary>What the provider is asked for, separated by spaces. <c>openid</c> must be among it.</summary>
    [RegularExpression("^(.* )?openid( .*)?$", ErrorMessage = "Terse:Admin:OpenIdConnect:Scopes must have openid among its words.")]
    public string Scopes { get; set; } = "openid profile email";

    /// <summary>E-mail domains whose people may come in, separated by commas; <c>*</c> for everyone whom the provider signs in.</summary>
    public string Domains { get; set; } = "";

    /// <summary>E-mail addresses that may come in, separated by commas.</summary>
    public string Users { get; set; } = "";

    /// <summary>What those who may come in by <c>Domains</c> or <c>Users</c> may do here: <c>none</c> (the claim decides alone), <c>read</c>, <c>write</c> or <c>admin</c>.</summary>
    [AllowedValues("none", "read", "write", "admin", ErrorMessage = "Terse:Admin:OpenIdConnect:Allows must be none, read, write or admin.")]
    public string Allows { get; set; } = "read";

    /// <summary>The claim whose values say more: often <c>roles</c> or <c>groups</c>.</summary>
    [Required(ErrorMessage = "Terse:Admin:OpenIdConnect:Claim must name a claim.")]
    public string Claim { get; set; } = "roles";

    /// <summary>Values of the claim that may read links and statistics, separated by commas. A value lets in those too whom <c>Domains</c> and <c>Users</c> do not name, while both are empty.</summary>
    public string ReadValues { get; set; } = "";

    /// <summary>Values of the claim that may also make, change and delete links, separated by commas.</summary>
    public string WriteValues { get; set; } = "";

    /// <summary>Values of the claim that may do everything, separated by commas.</summary>
    public string AdminValues { get; set; } = "";

    /// <summary>After how long the provider is asked again whether the person is still there. 5 minutes to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00", ErrorMessage = "Terse:Admin:OpenIdConnect:Session must be 00:05:00 to 30.00:00:00.")]
    public TimeSpan Session { get; set; } = TimeSpan.FromHours(8);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Authority.Length == 0) yield break;
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var uri) || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
            yield return new($"{Section}:Authority must start with https:// (or, on this machine, http://).");
        if (ClientId.Length == 0) yield return new($"{Section}:ClientId must be what the provider calls this instance.");
        var (namesPeople, namesValues) = (Domains.Length + Users.Length > 0, ReadValues.Length + WriteValues.Length + AdminValues.Length > 0);
        if (!namesPeople && !namesValues)
            yield return new($"{Section} lets nobody in: set Domains, Users, or one of ReadValues, WriteValues and AdminValues.");
        if (namesPeople && !namesValues && Allows == "none")
            yield return new($"{Section}:Allows is none, so one of ReadValues, WriteValues and AdminValues must be set.");
    }
}

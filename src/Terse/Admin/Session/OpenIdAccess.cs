using System.Collections.Frozen;
using System.Globalization;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using Terse.ApiKeys;

namespace Terse.Admin.Session;

/// <summary>
/// Who of the provider's people may come in, and what they may do. Asked when someone signs in and again at every request, so that options that
/// were made stricter hold for sessions that are open already.
/// </summary>
internal sealed class OpenIdAccess(IOptions<OpenIdOptions> options)
{
    /// <summary>What marks a session of a person, and names the person.</summary>
    public const string Person = "terse:person";
    private const string Value = "terse:value";
    private const string Email = "email";

    private readonly OpenIdOptions _options = options.Value;
    private readonly FrozenSet<string> _domains = Words(options.Value.Domains, StringComparer.OrdinalIgnoreCase);
    private readonly FrozenSet<string> _users = Words(options.Value.Users, StringComparer.OrdinalIgnoreCase);
    private readonly (FrozenSet<string> Values, ApiScopes Scopes)[] _values =
    [
        (Words(options.Value.AdminValues, StringComparer.Ordinal), ApiScopes.Admin),
        (Words(options.Value.WriteValues, StringComparer.Ordinal), ApiScopes.Read | ApiScopes.Write),
        (Words(options.Value.ReadValues, StringComparer.Ordinal), ApiScopes.Read),
    ];

    public bool IsOn => _options.Authority.Length > 0;

    public string Provider => _options.Name;

    /// <summary>The session of whom the provider signed in, or null for someone who may not come in.</summary>
    public ClaimsPrincipal? Admit(ClaimsPrincipal signedIn)
    {
        // An address that the provider has not checked may be anyone's.
        var email = string.Equals(signedIn.FindFirstValue("email_verified"), "false", StringComparison.OrdinalIgnoreCase) ? null : signedIn.FindFirstValue(Email);
        string[] values = [.. signedIn.FindAll(_options.Claim).Select(claim => claim.Value).Where(value => _values.Any(entry => entry.Values.Contains(value)))];
        var scopes = ScopesOf(email, values);
        if (scopes == ApiScopes.None) return null;
        var name = NameOf(signedIn);
        return new(new ClaimsIdentity(
            [
                new(ClaimTypes.NameIdentifier, $"person:{name}"), new(ClaimTypes.Name, signedIn.FindFirstValue("name") ?? name), new(Person, name), .. email is null ? [] : new Claim[] { new(Email, email) },
                .. values.Select(value => new Claim(Value, value)), new(ApiKeyClaims.Scopes, Text(scopes)),
            ],
            AdminSession.Scheme));
    }

    /// <summary>Whether a session of a person may go on as it is.</summary>
    public bool StillAdmits(ClaimsPrincipal person) => IsOn
        && person.FindFirstValue(ApiKeyClaims.Scopes) == Text(ScopesOf(person.FindFirstValue(Email), [.. person.FindAll(Value).Select(claim => claim.Value)]));

    /// <summary>What the audit log and the refusal call someone: the address if there is a checked one, else a name at the provider.</summary>
    public static string NameOf(ClaimsPrincipal signedIn)
    {
        var isChecked = !string.Equals(signedIn.FindFirstValue("email_verified"), "false", StringComparison.OrdinalIgnoreCase);
        return (isChecked ? signedIn.FindFirstValue(Email) : null) ?? signedIn.FindFirstValue("sub") ?? "unknown";
    }

    private ApiScopes ScopesOf(string? email, string[] values)
    {
        var isNamed = _domains.Contains("*") || (email is not null && (_users.Contains(email) || _domains.Contains(email[(email.LastIndexOf('@') + 1)..])));
        if (_domains.Count + _users.Count > 0 && !isNamed) return ApiScopes.None;
        foreach (var (legal, scopes) in _values)
            if (values.Any(legal.Contains)) return scopes;
        return !isNamed ? ApiScopes.None : _options.Allows switch { "admin" => ApiScopes.Admin, "write" => ApiScopes.Read | ApiScopes.Write, "read" => ApiScopes.Read, _ => ApiScopes.None };
    }

    private static string Text(ApiScopes scopes) => ((int)scopes).ToString(CultureInfo.InvariantCulture);

    private static FrozenSet<string> Words(string list, StringComparer comparer) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(comparer);
}

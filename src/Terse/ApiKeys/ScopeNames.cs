namespace Terse.ApiKeys;

/// <summary>The words for scopes in the API and on the command line.</summary>
internal static class ScopeNames
{
    private const string Legal = "Scopes are one or more of read, write, admin; and own, which keeps read and write to the links that the key made.";
    private const string OwnAlone = "The scope own keeps read and write to the links that the key made: give it together with read, write or both.";
    private const string OwnAdmin = "The scopes own and admin contradict each other, since an admin sees every link: leave one of them out.";

    private static readonly (string Name, ApiScopes Scope)[] All =
        [("read", ApiScopes.Read), ("write", ApiScopes.Write), ("admin", ApiScopes.Admin), ("own", ApiScopes.Own)];

    public static IReadOnlyList<string> Of(ApiScopes scopes) => [.. All.Where(entry => (scopes & entry.Scope) != 0).Select(entry => entry.Name)];

    /// <param name="names">The words.</param>
    /// <param name="scopes">What they stand for.</param>
    /// <param name="refusal">What is wrong with them, or empty.</param>
    public static bool TryParse(IReadOnlyList<string>? names, out ApiScopes scopes, out string refusal)
    {
        (scopes, refusal) = (ApiScopes.None, Legal);
        foreach (var name in names ?? [])
        {
            var scope = All.FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Scope;
            if (scope == ApiScopes.None) return false;
            scopes |= scope;
        }

        refusal = scopes switch
        {
            ApiScopes.None => Legal,
            ApiScopes.Own => OwnAlone,
            _ when scopes.HasFlag(ApiScopes.Own | ApiScopes.Admin) => OwnAdmin,
            _ => "",
        };
        return refusal.Length == 0;
    }
}

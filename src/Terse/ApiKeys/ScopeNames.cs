namespace Terse.ApiKeys;

/// <summary>The words for scopes in the API and on the command line.</summary>
internal static class ScopeNames
{
    public const string Legal = "Scopes are one or more of read, write, admin.";
    private static readonly (string Name, ApiScopes Scope)[] All = [("read", ApiScopes.Read), ("write", ApiScopes.Write), ("admin", ApiScopes.Admin)];

    public static IReadOnlyList<string> Of(ApiScopes scopes) => [.. All.Where(entry => (scopes & entry.Scope) != 0).Select(entry => entry.Name)];

    public static bool TryParse(IReadOnlyList<string>? names, out ApiScopes scopes)
    {
        scopes = ApiScopes.None;
        foreach (var name in names ?? [])
        {
            var scope = All.FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Scope;
            if (scope == ApiScopes.None) return false;
            scopes |= scope;
        }

        return scopes != ApiScopes.None;
    }
}

namespace Terse.Admin.Shell;

/// <summary>The places of the dashboard, in the order of its navigation.</summary>
internal static class Sections
{
    public static readonly IReadOnlyList<Section> All =
    [
        new("Overview", "/admin", "home", "h", "Links"),
        new("Links", "/admin/links", "link", "l", "Links"),
        new("Import and export", "/admin/transfer", "swap", "i", "Links", NeedsAdmin: true),
        new("Operations", "/admin/operations", "pulse", "o", "Instance"),
        new("API keys", "/admin/keys", "key", "k", "Instance", NeedsAdmin: true),
        new("Webhooks", "/admin/webhooks", "hook", "w", "Instance", NeedsAdmin: true),
        new("Blocklist", "/admin/blocklist", "shield", "b", "Instance", NeedsAdmin: true),
        new("Audit log", "/admin/audit", "clock", "a", "Instance", NeedsAdmin: true),
        new("Planner", "/admin/planner", "dial", "p", "Instance"),
    ];
}

/// <param name="Key">Goes there when pressed after <c>g</c>.</param>
internal sealed record Section(string Name, string Path, string Icon, string Key, string Group, bool NeedsAdmin = false);

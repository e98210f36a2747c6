using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Terse.Links;

namespace Terse.Admin.Links;

/// <summary>What people type into the link forms, as the requests that the API takes.</summary>
internal sealed class LinkForm(IFormCollection form)
{
    private static readonly string[] CampaignFields = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"];

    public IReadOnlyDictionary<string, string> Values { get; } = form.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);

    public IReadOnlyList<string> Tags => Text("tags").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public bool TryReadCreation(out CreateLinkRequest request, out Dictionary<string, string> errors)
    {
        errors = [];
        var (expiresAt, ttl) = Expiry(Text("expiry"), errors);
        request = new CreateLinkRequest
        {
            Url = WithCampaign(WithScheme(Text("url"))),
            Alias = Given("alias"),
            ExpiresAt = expiresAt,
            Ttl = ttl,
            Title = Given("title"),
            Tags = Tags,
            RedirectType = Status(),
            MaxVisits = MaxVisits(errors),
            Password = Given("password"),
        };
        return errors.Count == 0;
    }

    public bool TryReadChange(out ChangeLinkRequest request, out Dictionary<string, string> errors)
    {
        errors = [];
        var (expiresAt, ttl) = Expiry(Text("expiry"), errors);
        var common = new ChangeLinkRequest { Url = WithScheme(Text("url")), Title = Given("title"), Tags = Tags, RedirectType = Status(), EdgeTtl = EdgeTtl(errors), MaxVisits = MaxVisits(errors) };
        if (Values.ContainsKey("open")) common = common with { Password = null };
        else if (Given("password") is { } password) common = common with { Password = password };
        request = ttl is not null ? common with { Ttl = ttl } : common with { ExpiresAt = expiresAt };
        return errors.Count == 0;
    }

    /// <summary>A span in words counts from now; a date or a moment is one in UTC unless it says otherwise; nothing is no end.</summary>
    public static (DateTimeOffset? At, Lifetime? In) Expiry(string text, Dictionary<string, string> errors)
    {
        if (text.Length == 0) return (null, null);
        if (Lifetime.TryParse(text, out var lifetime)) return (null, lifetime);
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)) return (moment, null);
        errors["expiry"] = "Write a span such as 2 days or 8h, or a date such as 2027-01-31.";
        return (null, null);
    }

    /// <summary>The field errors of a refused request, under the names that the forms have.</summary>
    public static Dictionary<string, string> ErrorsOf(ProblemHttpResult problem)
    {
        if (!problem.ProblemDetails.Extensions.TryGetValue("errors", out var listed) || listed is not IReadOnlyDictionary<string, string[]> fields)
            return new() { [problem.StatusCode == StatusCodes.Status409Conflict ? "alias" : "url"] = $"{problem.ProblemDetails.Title} {problem.ProblemDetails.Detail}" };
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (field, reasons) in fields)
        {
            var name = field is "ttl" or "expiresAt" ? "expiry" : field.StartsWith("tags", StringComparison.Ordinal) ? "tags" : field;
            errors[name] = string.Join(" ", reasons);
        }
        return errors;
    }

    private string Text(string name) => Values.GetValueOrDefault(name, "").Trim();

    private string? Given(string name) => Text(name) is { Length: > 0 } text ? text : null;

    private int? Status() => int.TryParse(Text("redirectType"), NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : null;

    private Lifetime? EdgeTtl(Dictionary<string, string> errors)
    {
        if (Text("edgeTtl") is { Length: > 0 } text && !Lifetime.TryParse(text, out var ttl)) errors["edgeTtl"] = "Write a span such as 5 min, or 0 for never.";
        else return Lifetime.TryParse(Text("edgeTtl"), out ttl) ? ttl : default(Lifetime);
        return null;
    }

    private long? MaxVisits(Dictionary<string, string> errors)
    {
        if (Text("maxVisits") is not { Length: > 0 } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var visits)) return visits;
        errors["maxVisits"] = "Write how many visits, such as 1 or 500.";
        return null;
    }

    // People paste "example.com/page" too. What has a scheme is left to the policy.
    private static string WithScheme(string url) =>
        url.Length > 0 && !url.Contains("://", StringComparison.Ordinal) && !url.StartsWith('/') && !url.Contains(' ') && url.Contains('.') && !url.Contains(':') ? $"https://{url}" : url;

    private string WithCampaign(string url)
    {
        var given = CampaignFields.Where(name => Given(name) is not null).Select(name => $"{name}={Uri.EscapeDataString(Text(name))}").ToArray();
        if (given.Length == 0 || url.Length == 0) return url;
        var hash = url.IndexOf('#', StringComparison.Ordinal);
        var (head, tail) = hash < 0 ? (url, "") : (url[..hash], url[hash..]);
        return $"{head}{(head.Contains('?') ? '&' : '?')}{string.Join('&', given)}{tail}";
    }
}

using System.Text;

namespace Terse.Links;

/// <summary>The campaign that clicks are to be counted under at the destination: put into its URL as utm_ parameters, in place of those that are there.</summary>
public sealed record Campaign
{
    internal const int MaxLength = 200;

    /// <summary>utm_source: where the visitors come from, such as newsletter.</summary>
    public string? Source { get; init; }

    /// <summary>utm_medium: by what means, such as email.</summary>
    public string? Medium { get; init; }

    /// <summary>utm_campaign: its name, such as spring_sale.</summary>
    public string? Name { get; init; }

    /// <summary>utm_term: the paid search term.</summary>
    public string? Term { get; init; }

    /// <summary>utm_content: which of several versions.</summary>
    public string? Content { get; init; }

    /// <summary>utm_id: its number.</summary>
    public string? Id { get; init; }

    private (string Parameter, string Field, string? Value)[] Fields =>
    [
        ("utm_source", "source", Source), ("utm_medium", "medium", Medium), ("utm_campaign", "name", Name),
        ("utm_term", "term", Term), ("utm_content", "content", Content), ("utm_id", "id", Id),
    ];

    internal void Check(FieldErrors errors)
    {
        foreach (var (_, field, value) in Fields)
        {
            if (value is null) continue;
            if (value.Trim().Length is 0 or > MaxLength || value.Any(char.IsControl))
                errors.Add($"campaign.{field}", $"A campaign's {field} has 1 to {MaxLength} characters, none of them a control character.");
        }
    }

    /// <summary><paramref name="url"/> with these parameters at the end of its query. What else is in the query keeps its place and its spelling.</summary>
    internal string ApplyTo(string url)
    {
        var set = Fields.Where(static field => field.Value is not null).ToArray();
        if (set.Length == 0) return url;

        var hash = url.IndexOf('#', StringComparison.Ordinal);
        var (rest, fragment) = hash < 0 ? (url, "") : (url[..hash], url[hash..]);
        var mark = rest.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = mark < 0 ? (rest, "") : (rest[..mark], rest[(mark + 1)..]);

        var merged = new StringBuilder(url.Length + 100).Append(path);
        var separator = '?';
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = pair.Split('=', 2)[0];
            if (set.Any(field => field.Parameter.Equals(name, StringComparison.OrdinalIgnoreCase))) continue;
            merged.Append(separator).Append(pair);
            separator = '&';
        }

        foreach (var (parameter, _, value) in set)
        {
            merged.Append(separator).Append(parameter).Append('=').Append(Uri.EscapeDataString(value!.Trim()));
            separator = '&';
        }

        return merged.Append(fragment).ToString();
    }
}

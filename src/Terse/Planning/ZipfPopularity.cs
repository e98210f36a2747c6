namespace Terse.Planning;

/// <summary>
/// How redirects spread over links: the link of rank r gets a share proportional to 1/r^skew. Ranks are gathered into groups that grow by a
/// tenth, so that 200 billion links are some 250 groups.
/// </summary>
internal sealed class ZipfPopularity
{
    private const double Growth = 1.1;
    private const int ExactRanks = 32;

    public ZipfPopularity(double links, double skew)
    {
        Links = Math.Max(1, Math.Round(links));
        var groups = new List<(double Count, double Weight)>();
        for (var first = 1.0; first <= Links;)
        {
            var last = first < ExactRanks ? first : Math.Min(Links, Math.Max(first, Math.Floor(first * Growth)));
            groups.Add((last - first + 1, Weight(first, last, skew)));
            first = last + 1;
        }
        var total = groups.Sum(group => group.Weight);
        Groups = [.. groups.Select(group => (group.Count, group.Weight / total / group.Count))];
    }

    public double Links { get; }

    /// <summary>How many links a group has, and the share of all redirects that each of them gets; the most popular first.</summary>
    public IReadOnlyList<(double Count, double Share)> Groups { get; }

    // The sum over a group by its integral, half a rank further on both sides; single ranks are exact.
    private static double Weight(double first, double last, double skew)
    {
        if (first == last) return Math.Pow(first, -skew);
        var (from, to) = (first - 0.5, last + 0.5);
        return Math.Abs(skew - 1) < 1e-9
            ? Math.Log(to / from)
            : (Math.Pow(to, 1 - skew) - Math.Pow(from, 1 - skew)) / (1 - skew);
    }
}

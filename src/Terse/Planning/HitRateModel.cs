namespace Terse.Planning;

/// <summary>
/// The hit rate of a cache from its size, without a trace. Che's approximation (Che, Tung and Wang, IEEE JSAC 2002; why it is so close:
/// Fricker, Robert and Roberts, ITC 2012) says that an LRU cache keeps what was asked for within one characteristic time, the time in which as
/// many different links are asked for as there is room for. L1 is S3-FIFO, which admits a link for good only when it comes back while
/// remembered; that is the 2-LRU of Martina, Garetto and Leonardi ("A unified approach to the performance analysis of caching systems",
/// INFOCOM 2014): one characteristic time for the memory of codes, and one for the cache.
/// Requests are taken to be independent of each other; where young links are asked for more, reality is better.
/// </summary>
internal static class HitRateModel
{
    private const int Halvings = 50;

    /// <summary>The hit rate of L1 with room for <paramref name="entries"/> links, once warm. 0 to 1.</summary>
    public static double Predict(ZipfPopularity popularity, double entries)
    {
        if (entries >= popularity.Links) return 1;
        if (entries < 1) return 0;
        var remembered = Solve(time => Sum(popularity, share => Asked(share, time)), entries);
        var kept = Solve(time => Sum(popularity, share => Kept(share, remembered, time)), entries);
        return Math.Min(1, popularity.Groups.Sum(group => group.Count * group.Share * Kept(group.Share, remembered, kept)));
    }

    /// <summary>
    /// The hit rate that a TTL counted from the read allows, whatever the room: of a link asked for r times a second, one request in
    /// 1 + r·TTL is a miss (Jung, Berger and Balakrishnan, "Modeling TTL-based Internet caches", INFOCOM 2003).
    /// </summary>
    public static double TtlBound(ZipfPopularity popularity, double requestsPerSecond, double ttlSeconds) => popularity.Groups.Sum(group =>
    {
        var perTtl = group.Share * requestsPerSecond * ttlSeconds;
        return group.Count * group.Share * perTtl / (1 + perTtl);
    });

    /// <summary>How many entries it takes for a hit rate, from 1 to all links.</summary>
    public static double EntriesFor(ZipfPopularity popularity, double hitRate)
    {
        var (few, many) = (0.0, Math.Log(popularity.Links));
        if (hitRate >= 1) return popularity.Links;
        for (var i = 0; i < Halvings / 2; i++)
        {
            var middle = (few + many) / 2;
            if (Predict(popularity, Math.Exp(middle)) < hitRate) few = middle;
            else many = middle;
        }
        return Math.Min(popularity.Links, Math.Ceiling(Math.Exp(many)));
    }

    private static double Sum(ZipfPopularity popularity, Func<double, double> chance) =>
        popularity.Groups.Sum(group => group.Count * chance(group.Share));

    // 1 - e^-x, without losing the small ones.
    private static double Asked(double share, double time)
    {
        var x = share * time;
        return x < 1e-5 ? x - x * x / 2 : 1 - Math.Exp(-x);
    }

    private static double Kept(double share, double remembered, double time)
    {
        var (first, again) = (Asked(share, remembered), Asked(share, time));
        return again * first / (1 - again * (1 - first));
    }

    /// <summary>The time, in requests, at which <paramref name="occupied"/> reaches the room there is.</summary>
    private static double Solve(Func<double, double> occupied, double room)
    {
        var most = room;
        while (occupied(most) < room && most < 1e18) most *= 4;
        var (low, high) = (Math.Log(room / 4), Math.Log(most));
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            if (occupied(Math.Exp(middle)) < room) low = middle;
            else high = middle;
        }
        return Math.Exp(high);
    }
}

namespace Terse.Planning;

/// <summary>How much of the codes of one length is used, and what guessing them brings.</summary>
/// <param name="Length">Characters of the alphabet of 62.</param>
/// <param name="Codes">How many codes there are: 62^length.</param>
/// <param name="Used">The share of them that has been issued when the first links end.</param>
/// <param name="GuessHitRate">The chance that a random code leads somewhere.</param>
/// <param name="YearsUntilExhausted">Codes are not used twice, so they run out even when links end.</param>
/// <param name="MinutesPerHit">What one address needs to find one link, at the unknown codes per minute that it is allowed.</param>
internal sealed record CodeSpace(int Length, double Codes, double Used, double GuessHitRate, double YearsUntilExhausted, double MinutesPerHit)
{
    private const double Radix = 62;

    public static CodeSpace Of(int length, double newLinksPerDay, double liveLinks, double missesPerMinute)
    {
        var codes = Math.Pow(Radix, length);
        var used = Math.Min(1, liveLinks / codes);
        return new(length, codes, used, used, codes / (newLinksPerDay * Units.DaysPerYear), used > 0 ? (1 / used) / missesPerMinute : double.PositiveInfinity);
    }
}

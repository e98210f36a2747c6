namespace Terse.Planning;

/// <summary>
/// Draws links 0 to n-1 by Zipf popularity, by rejection-inversion (Hörmann and Derflinger, "Rejection-inversion to generate variates from
/// monotone discrete distributions", ACM TOMACS 1996): constant memory, any skew above 0.
/// </summary>
internal sealed class ZipfTrace
{
    private readonly Random _random;
    private readonly int _links;
    private readonly double _skew;
    private readonly double _first;
    private readonly double _last;
    private readonly double _shortcut;

    public ZipfTrace(int links, double skew, Random random)
    {
        (_random, _links, _skew) = (random, links, skew);
        _first = Integral(1.5) - 1;
        _last = Integral(links + 0.5);
        _shortcut = 2 - InverseIntegral(Integral(2.5) - Math.Pow(2, -skew));
    }

    public int Next()
    {
        while (true)
        {
            var u = _last + _random.NextDouble() * (_first - _last);
            var x = InverseIntegral(u);
            var rank = Math.Clamp((int)(x + 0.5), 1, _links);
            if (rank - x <= _shortcut || u >= Integral(rank + 0.5) - Math.Pow(rank, -_skew)) return rank - 1;
        }
    }

    // The antiderivative of x^-skew that is 0 at 1, and its inverse; both are continuous through skew 1.
    private double Integral(double x)
    {
        var power = (1 - _skew) * Math.Log(x);
        return Math.Abs(power) < 1e-8 ? Math.Log(x) : (Math.Exp(power) - 1) / (1 - _skew);
    }

    private double InverseIntegral(double y)
    {
        var power = Math.Max(-1, y * (1 - _skew));
        return Math.Exp(Math.Abs(power) < 1e-8 ? y : Math.Log(1 + power) / (1 - _skew));
    }
}

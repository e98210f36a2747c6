namespace Terse.Benchmarks;

/// <summary>
/// Ranks 0 to n-1 with probability proportional to 1/(rank+1)^exponent, by rejection-inversion (Hörmann and Derflinger,
/// "Rejection-inversion to generate variates from monotone discrete distributions", 1996): constant memory, any exponent above 0.
/// </summary>
internal sealed class Zipf
{
    private readonly Random _random;
    private readonly int _count;
    private readonly double _exponent;
    private readonly double _first;
    private readonly double _last;
    private readonly double _shortcut;

    public Zipf(int count, double exponent, Random random)
    {
        (_random, _count, _exponent) = (random, count, exponent);
        _first = Integral(1.5) - 1;
        _last = Integral(count + 0.5);
        _shortcut = 2 - InverseIntegral(Integral(2.5) - Density(2));
    }

    public int Next()
    {
        while (true)
        {
            var u = _last + _random.NextDouble() * (_first - _last);
            var x = InverseIntegral(u);
            var rank = Math.Clamp((int)(x + 0.5), 1, _count);
            if (rank - x <= _shortcut || u >= Integral(rank + 0.5) - Density(rank)) return rank - 1;
        }
    }

    private double Density(double x) => Math.Exp(-_exponent * Math.Log(x));

    private double Integral(double x)
    {
        var log = Math.Log(x);
        return ExpM1OverX((1 - _exponent) * log) * log;
    }

    private double InverseIntegral(double x)
    {
        var t = Math.Max(-1, x * (1 - _exponent));
        return Math.Exp(Log1POverX(t) * x);
    }

    private static double Log1POverX(double x) => Math.Abs(x) > 1e-8 ? Math.Log(1 + x) / x : 1 - x * (0.5 - x * (1 / 3.0 - 0.25 * x));

    private static double ExpM1OverX(double x) => Math.Abs(x) > 1e-8 ? (Math.Exp(x) - 1) / x : 1 + x * 0.5 * (1 + x / 3.0 * (1 + 0.25 * x));
}

namespace Terse.Hosting;

internal static class Instants
{
    /// <summary>Cuts to the millisecond, the precision that every store keeps.</summary>
    public static DateTimeOffset ToMillisecond(this DateTimeOffset instant) =>
        DateTimeOffset.FromUnixTimeMilliseconds(instant.ToUnixTimeMilliseconds());
}

namespace Terse.Codes;

/// <summary>
/// For nodes that share a link store and have no backplane: nobody tells them of aliases that other nodes make, and one with the shape of a generated
/// code would be refused here by arithmetic. So they read such aliases again every <see cref="Interval"/>.
/// </summary>
internal sealed class LookalikeRefresh(IssuedCodes issued, TimeProvider time) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) issued.SuspectLookalikes();
    }
}

using System.Globalization;
using System.Text;

namespace Terse.Faults;

/// <summary>docs/reliability.md: what was broken, and what became of the load.</summary>
internal static class Report
{
    public static string Render(IReadOnlyList<ExperimentResult> results, double redirectsPerSecond, int writers, TimeSpan held, DateTimeOffset at)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            # Reliability: what was broken, and what became of the load

            Made by `./build.sh faults` on {at:yyyy-MM-dd}, {Environment.ProcessorCount} cores for all processes and the load together. Real processes and real servers on loopback. Through each fault
            run {redirectsPerSecond:0} redirects/s (open loop: each leaves at its time, whatever became of the others) over 500 links, and {writers} writers that create and edit as fast as they are answered.
            A fault is held for {held.TotalSeconds:0} s; the load goes on for 4 s after it is mended. Then everything that was acknowledged is read back, and the clicks are counted.

            - **wrong**: led elsewhere, or 404 for a link that is there. Each link that a writer makes is followed at once, and edited links when all is well again: they count here too. **known down**: 503 with `Retry-After`. **failed**: anything else, a request without an answer within 5 s included.
            - **longest gap**: between two right answers. **lost writes**: acknowledged creates and edits that are not there, or a code given twice.
            - **lost clicks**: redirects that a visitor got and no statistic counts, visit by visit: each has campaign tags of its own. **surplus**: visits counted twice that the gateway did not ask of a second node, and visits that were never made.
            - What the gateway asks of a second node because the first was paused, cut off or killed may be counted by both: that is no surplus, as far as the gateway counts such retries.
            - A fault marked ‡ is mended by ending and starting the process: redirects may fail from there on, not before, and clicks that no disk took go with it.
            - A fault marked † kills or stops the only way in: its redirects cannot be answered meanwhile.


            """);
        foreach (var rig in results.GroupBy(result => result.Rig))
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"## {char.ToUpperInvariant(rig.Key[0])}{rig.Key[1..]}").AppendLine();
            page.AppendLine("| fault | redirects | wrong | known down | failed | longest gap | p99 | writes acknowledged | refused | lost writes | lost clicks | surplus | |");
            page.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
            foreach (var result in rig) page.AppendLine(Row(result));
            page.AppendLine();
        }
        return page.ToString();
    }

    /// <summary>What people wrote below the tables of the page that is there: it stays.</summary>
    public static string WrittenByHand(FileInfo page)
    {
        const string Heading = "## What was found";
        var text = page.Exists ? File.ReadAllText(page.FullName) : "";
        var at = text.IndexOf(Heading, StringComparison.Ordinal);
        return at < 0 ? "" : text[at..];
    }

    public static string Row(ExperimentResult result)
    {
        var (redirects, writes, clicks) = (result.Redirects, result.Writes, result.Clicks);
        return string.Create(CultureInfo.InvariantCulture,
            $"| {result.Experiment.Fault}{(result.Experiment.StopsRedirects ? " †" : result.Experiment.MendedByRestart ? " ‡" : "")} | {redirects.Sent} | {result.Wrong} | {redirects.KnownDown} | {redirects.Failed} | {redirects.LongestGap.TotalMilliseconds:0} ms | {redirects.P99:0.0} ms | {writes.Acknowledged} | {writes.Refused} | {writes.Lost + writes.Repeated} | {clicks.Lost} | {clicks.Surplus} | {(result.Good ? "✓" : "✗ " + result.Reasons)} |");
    }
}

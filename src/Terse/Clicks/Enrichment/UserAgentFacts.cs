namespace Terse.Clicks.Enrichment;

/// <summary>What a <c>User-Agent</c> says of itself. Names are those of uap-core; <c>""</c> where it names none.</summary>
/// <param name="Browser">Such as <c>Chrome</c>, <c>Mobile Safari</c>, <c>Instagram</c>.</param>
/// <param name="System">Such as <c>Windows</c>, <c>Mac OS X</c>, <c>Android</c>.</param>
/// <param name="Device">One of <see cref="Devices"/>.</param>
/// <param name="IsBot">Whether one of the lists of bots names it, or it is empty.</param>
internal sealed record UserAgentFacts(string Browser, string System, string Device, bool IsBot)
{
    public static readonly UserAgentFacts Unknown = new("", "", "", IsBot: true);
}

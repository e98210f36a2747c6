using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Terse.Clicks.Enrichment;
using Terse.Clicks.Log;
using Terse.Codes;

namespace Terse.Clicks;

/// <summary>Turns a record into what statistics know: looks up what the texts tell, and leaves address and user agent behind.</summary>
internal sealed class ClickEnricher(GeoDatabase places, UserAgents userAgents)
{
    /// <summary>The visit, or null and why the record cannot be one.</summary>
    /// <param name="salt">The secret of the click's day.</param>
    public EnrichedClick? Enrich(in ClickRecord click, byte[] salt, out string reason)
    {
        reason = "";
        ShortCode code = default;
        if (click.Kind != ClickKind.NotFound && !ShortCode.TryParse(click.Code, out code))
        {
            reason = $"\"{click.Code}\" is not a short code.";
            return null;
        }

        var visit = new EnrichedClick
        {
            Position = click.Position,
            At = click.At,
            Kind = click.Kind,
            Code = click.Kind == ClickKind.NotFound ? null : code,
            IsBot = (click.Flags & (ClickFlags.Head | ClickFlags.Prefetch)) != 0,
        };
        if ((click.Flags & ClickFlags.Private) != 0) return visit;

        var agent = userAgents.Describe(click.UserAgent);
        var place = places.Find(click.Address);
        var campaign = CampaignTags.Of(click.Query);
        var isBot = visit.IsBot || agent.IsBot;
        return visit with
        {
            IsBot = isBot,
            Visitor = isBot || click.Address is null || click.Kind != ClickKind.Redirected ? null : Visitor(click.Address, click.UserAgent, salt),
            Referrer = Referrers.Host(click.Referrer),
            Country = place.Country,
            City = place.City,
            Browser = agent.Browser,
            System = agent.System,
            Device = agent.Device,
            Language = Languages.Primary(click.AcceptLanguage),
            Source = campaign.Source,
            Medium = campaign.Medium,
            Campaign = campaign.Campaign,
        };
    }

    /// <summary>
    /// An address and a user agent under the day's secret. Of IPv6 the /64 counts: hosts change the rest by themselves. Once the secret is destroyed,
    /// nothing leads from it to the address, and never from one day's to another's.
    /// </summary>
    private static ulong Visitor(IPAddress address, string userAgent, byte[] salt)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> who = stackalloc byte[16 + ClickFormat.MaxUserAgent * 3];
        address.TryWriteBytes(who, out var length);
        if (address.AddressFamily == AddressFamily.InterNetworkV6) length = 8;
        length += Encoding.UTF8.GetBytes(userAgent.AsSpan(0, Math.Min(userAgent.Length, ClickFormat.MaxUserAgent)), who[length..]);
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(salt, who[..length], hash);
        return BitConverter.ToUInt64(hash);
    }
}

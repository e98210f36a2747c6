using System.Net;
using Terse.Clicks;
using Terse.Clicks.Log;

namespace Terse.Tests.Contracts;

/// <summary>Makes records of the click log for tests.</summary>
internal static class ARecord
{
    public const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    public static ClickRecord Of(string code) => new(
        0, AClick.At, ClickKind.Redirected, code, ClickFlags.None, IPAddress.Parse("203.0.113.7"), Firefox, "https://example.com/", "de-AT,en;q=0.5", "");

    public static byte[] Body(string code) => Body(Of(code));

    public static byte[] Body(ClickRecord click)
    {
        var body = new byte[ClickFormat.MaxLength];
        return body[..ClickFormat.Write(click, body)];
    }

    public static string CodeOf(QueuedClick click)
    {
        Assert.True(ClickFormat.TryRead(click.Body.Span, click.Position, out var record, out var reason), reason);
        return record.Code;
    }
}

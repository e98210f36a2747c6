using System.Net;
using Terse.Clicks;

namespace Terse.Cdn;

/// <summary>Visits of one edge cache's log.</summary>
/// <param name="Visits">Up to 5,000, in order of their positions.</param>
public sealed record CountEdgeVisitsRequest(IReadOnlyList<EdgeVisit> Visits);

/// <summary>A redirect that an edge cache answered without asking a node.</summary>
/// <param name="Position">Where the log has it: higher with each line, and always the same for the same line. Bytes from the log's start serve.</param>
/// <param name="At">When it was answered.</param>
/// <param name="Code">The link's code.</param>
/// <param name="Address">The visitor's address. It serves to tell the country and to tell visitors of a day apart, and is not kept.</param>
/// <param name="UserAgent">The header of that name.</param>
/// <param name="Referrer">The header Referer. Of it the host is kept.</param>
/// <param name="AcceptLanguage">The header of that name.</param>
/// <param name="Query">The query of the short URL. Of it the campaign tags are kept.</param>
/// <param name="Head">A HEAD request: nobody followed the link.</param>
/// <param name="Prefetch">The request said that it was ahead of a visit.</param>
/// <param name="Private">The visitor asked not to be followed (Sec-GPC, DNT): nothing but the link and the time is looked at.</param>
public sealed record EdgeVisit(
    long Position, DateTimeOffset At, string Code, string? Address = null, string? UserAgent = null, string? Referrer = null, string? AcceptLanguage = null,
    string? Query = null, bool Head = false, bool Prefetch = false, bool Private = false)
{
    internal ClickRecord ToRecord()
    {
        var flags = (Head ? ClickFlags.Head : 0) | (Prefetch ? ClickFlags.Prefetch : 0) | (Private ? ClickFlags.Private : 0);
        return Private
            ? new ClickRecord(Position, At, ClickKind.Redirected, Code, flags, null, "", "", "", "")
            : new ClickRecord(
                Position, At, ClickKind.Redirected, Code, flags, IPAddress.TryParse(Address, out var address) ? address : null, UserAgent ?? "", Referrer ?? "", AcceptLanguage ?? "",
                Query ?? "");
    }
}

/// <summary>What became of an edge cache's log.</summary>
/// <param name="Position">The highest position that was counted, or null when nothing was.</param>
/// <param name="Counted">How many visits of this request were new, and are counted now.</param>
/// <param name="Refused">Visits that cannot be counted, and never will be.</param>
public sealed record EdgeLogResponse(long? Position, int Counted, IReadOnlyList<RefusedEdgeVisit> Refused);

/// <summary>A visit that cannot be counted.</summary>
/// <param name="Position">Where the log has it.</param>
/// <param name="Reason">Why not.</param>
public sealed record RefusedEdgeVisit(long Position, string Reason);

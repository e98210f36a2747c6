using System.Net;

namespace Terse.Clicks;

/// <summary>A visit as the redirect node saw it and the click log holds it, until the worker has enriched and written it. Only here is there an address.</summary>
/// <param name="Position">Grows by at least one with every record of a source (a node's click log). With the source it is the click's id.</param>
/// <param name="At">When it was answered; millisecond precision, UTC.</param>
/// <param name="Kind">What was answered.</param>
/// <param name="Code">The link. <c>""</c> of a <see cref="ClickKind.NotFound"/>: what visitors make up is not kept.</param>
/// <param name="Flags">What the request said of itself beside the texts below.</param>
/// <param name="Address">The visitor's address, or null when it is not known.</param>
/// <param name="UserAgent">The header of that name, or <c>""</c>; the same holds for the two that follow.</param>
/// <param name="Query">The query of the short URL as it was sent, with or without its question mark.</param>
internal readonly record struct ClickRecord(
    long Position, DateTimeOffset At, ClickKind Kind, string Code, ClickFlags Flags, IPAddress? Address,
    string UserAgent, string Referrer, string AcceptLanguage, string Query);

/// <summary>What a visit came to. The numbers are stored.</summary>
internal enum ClickKind : byte
{
    /// <summary>Led to the destination: a click.</summary>
    Redirected = 0,

    /// <summary>No such code: 404.</summary>
    NotFound = 1,

    /// <summary>Expired, switched off or used up: 410.</summary>
    Ended = 2,
}

[Flags]
internal enum ClickFlags : byte
{
    None = 0,

    /// <summary>A HEAD request: nobody followed the link.</summary>
    Head = 1,

    /// <summary><c>Purpose</c>, <c>Sec-Purpose</c> or <c>X-Moz</c> says prefetch, prerender or preview.</summary>
    Prefetch = 2,

    /// <summary><c>Sec-GPC: 1</c> or <c>DNT: 1</c>: the visitor asks not to be followed.</summary>
    Private = 4,
}

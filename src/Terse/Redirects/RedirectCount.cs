namespace Terse.Redirects;

/// <summary>What the redirect path counts. The first seven are the outcomes of requests: each request has exactly one.</summary>
internal enum RedirectCount
{
    Redirected,
    NotFound,
    Ended,
    Unavailable,
    Limited,
    Previewed,

    /// <summary>Stopped by a guard: a password to be given, a visit that is not for a program to take.</summary>
    Guarded,

    /// <summary>Requests that L1 could not answer.</summary>
    L1Misses,

    /// <summary>404 from a negative entry.</summary>
    NegativeHits,

    /// <summary>404 by arithmetic: a generated code that was never issued.</summary>
    Refused,

    /// <summary>Reads of a code from behind L1.</summary>
    Flights,

    /// <summary>Requests that awaited the flight of another.</summary>
    Coalesced,

    /// <summary>Answers from an entry past its TTL while the store was down.</summary>
    StaleServed,

    /// <summary>Flights that L2 answered.</summary>
    L2Hits,

    /// <summary>Flights that L2 did not have.</summary>
    L2Misses,

    /// <summary>Reads of L2 that failed or took too long.</summary>
    L2Failures,
}

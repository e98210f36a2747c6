namespace Terse.Redirects.Wire;

/// <summary>What a plain request for a code says: views into the connection's buffer, valid until it is advanced.</summary>
internal ref struct RequestHead
{
    /// <summary>The bytes after the slash: a well-formed code.</summary>
    public ReadOnlySpan<byte> Code;

    public ReadOnlySpan<byte> UserAgent;
    public ReadOnlySpan<byte> Referrer;
    public ReadOnlySpan<byte> AcceptLanguage;
    public ReadOnlySpan<byte> ForwardedFor;

    /// <summary><c>Sec-GPC: 1</c> or <c>DNT: 1</c>.</summary>
    public bool Private;

    /// <summary>Bytes of the whole head, its empty line included.</summary>
    public int Length;
}

internal enum HeadKind
{
    /// <summary>A GET for a code and nothing else: <see cref="RequestHead"/> says all of it.</summary>
    Plain,

    /// <summary>So far it could be one, but the empty line has not come yet.</summary>
    Incomplete,

    /// <summary>Anything else, well formed or not: for Kestrel to judge.</summary>
    Other,
}

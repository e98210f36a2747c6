namespace Terse.Links;

/// <summary>
/// The store cannot answer now, through no fault of the request: the disk is full or read-only, a file is locked or damaged, a server is away.
/// Any method of any store may throw it. A write that failed so either happened or did not, as after a lost connection; the caller may try again.
/// To clients it is 503 with <c>Retry-After</c>. The message is for operators: it names the store, the cause and what to do.
/// </summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

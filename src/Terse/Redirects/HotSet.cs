using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace Terse.Redirects;

/// <summary>
/// Which codes are hot enough for a mitigation beyond L1, as of the last second. Asked on the way to L2 only, and never when L1 is the
/// mitigation, as it is by default.
/// </summary>
internal sealed class HotSet(HotCodes hot, IOptions<RedirectOptions> options, TimeProvider time)
{
    private const int Most = 64;

    private readonly bool _isUsed = options.Value.HotKeys != RedirectOptions.HotInL1;
    private volatile FrozenSet<string> _codes = [];
    private long _dueAt;

    public bool Contains(string code)
    {
        if (!_isUsed) return false;
        var (now, dueAt) = (time.GetTimestamp(), Volatile.Read(ref _dueAt));
        if (now >= dueAt && Interlocked.CompareExchange(ref _dueAt, now + time.TimestampFrequency, dueAt) == dueAt)
            _codes = hot.Top(Most).Where(code => code.PerSecond >= options.Value.HotKeyRate).Select(code => code.Code).ToFrozenSet(StringComparer.Ordinal);
        return _codes.Contains(code);
    }
}

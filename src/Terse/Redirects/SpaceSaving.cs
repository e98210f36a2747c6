namespace Terse.Redirects;

/// <summary>
/// The most frequent codes of a stream in constant memory: Space-Saving (Metwally, Agrawal, El Abbadi, ICDT 2005). Any code with more than
/// total / capacity appearances is present, and a count is too high by at most that. Not thread-safe.
/// </summary>
internal sealed class SpaceSaving(int capacity)
{
    private readonly Dictionary<string, int> _slots = new(capacity, StringComparer.Ordinal);
    private readonly string[] _codes = new string[capacity];
    private readonly long[] _counts = new long[capacity];

    public IEnumerable<KeyValuePair<string, long>> Counts => _slots.Select(slot => KeyValuePair.Create(slot.Key, _counts[slot.Value]));

    public void Record(string code)
    {
        if (!_slots.TryGetValue(code, out var slot))
        {
            slot = _slots.Count < capacity ? _slots.Count : TakeOverRarest();
            _codes[slot] = code;
            _slots.Add(code, slot);
        }
        _counts[slot]++;
    }

    public void Clear()
    {
        _slots.Clear();
        Array.Clear(_codes);
        Array.Clear(_counts);
    }

    private int TakeOverRarest()
    {
        var rarest = 0;
        for (var i = 1; i < _counts.Length; i++)
        {
            if (_counts[i] < _counts[rarest]) rarest = i;
        }
        _slots.Remove(_codes[rarest]);
        return rarest;
    }
}

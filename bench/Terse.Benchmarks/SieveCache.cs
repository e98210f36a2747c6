namespace Terse.Benchmarks;

/// <summary>SIEVE (Zhang et al., "SIEVE is simpler than LRU", NSDI 2024): one queue, a visited bit, a hand that moves from old to new.</summary>
internal sealed class SieveCache(int capacity) : ITracedCache
{
    private readonly Dictionary<int, LinkedListNode<Entry>> _nodes = new(capacity);
    private readonly LinkedList<Entry> _order = new();
    private LinkedListNode<Entry>? _hand;

    public bool Ask(int link)
    {
        if (_nodes.TryGetValue(link, out var node))
        {
            node.Value.Visited = true;
            return true;
        }

        if (_nodes.Count == capacity) Evict();
        _nodes.Add(link, _order.AddFirst(new Entry(link)));
        return false;
    }

    private void Evict()
    {
        var hand = _hand ?? _order.Last!;
        while (hand.Value.Visited)
        {
            hand.Value.Visited = false;
            hand = hand.Previous ?? _order.Last!;
        }
        _hand = hand.Previous;
        _nodes.Remove(hand.Value.Link);
        _order.Remove(hand);
    }

    private sealed class Entry(int link)
    {
        public int Link { get; } = link;

        public bool Visited { get; set; }
    }
}

namespace Terse.Benchmarks;

/// <summary>The cache to beat: least recently used.</summary>
internal sealed class LruCache(int capacity) : ITracedCache
{
    private readonly Dictionary<int, LinkedListNode<int>> _nodes = new(capacity);
    private readonly LinkedList<int> _order = new();

    public bool Ask(int link)
    {
        if (_nodes.TryGetValue(link, out var node))
        {
            _order.Remove(node);
            _order.AddFirst(node);
            return true;
        }

        if (_nodes.Count == capacity)
        {
            _nodes.Remove(_order.Last!.Value);
            _order.RemoveLast();
        }
        _nodes.Add(link, _order.AddFirst(link));
        return false;
    }
}

namespace Terse.Redirects;

/// <summary>A first-in-first-out queue of cache nodes that knows its bytes and lets go of any node in one step.</summary>
internal sealed class NodeQueue
{
    private CacheNode? _newest;

    public CacheNode? Oldest { get; private set; }

    public long Bytes { get; private set; }

    public void Add(CacheNode node)
    {
        (node.Queue, node.Older, node.Newer) = (this, _newest, null);
        if (_newest is null) Oldest = node;
        else _newest.Newer = node;
        _newest = node;
        Bytes += node.Bytes;
    }

    public void Remove(CacheNode node)
    {
        if (node.Older is null) Oldest = node.Newer;
        else node.Older.Newer = node.Newer;
        if (node.Newer is null) _newest = node.Older;
        else node.Newer.Older = node.Older;
        (node.Queue, node.Older, node.Newer) = (null, null, null);
        Bytes -= node.Bytes;
    }

    /// <summary>Counts the node at what its new link takes; its place stays.</summary>
    public void Resize(CacheNode node, int bytes)
    {
        Bytes += bytes - node.Bytes;
        node.Bytes = bytes;
    }
}

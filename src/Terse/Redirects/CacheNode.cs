namespace Terse.Redirects;

/// <summary>
/// The place of one code in L1: a link of a hash chain and of one eviction queue. <see cref="Link"/> and <see cref="Chain"/> are read without
/// a lock; all writes happen under the shard's lock, except that readers raise <see cref="Uses"/>, where a lost step does no harm.
/// </summary>
internal sealed class CacheNode(CachedLink link, int hash)
{
    public const byte MaxUses = 3;

    public readonly string Code = link.Code;
    public readonly int Hash = hash;
    public volatile CachedLink Link = link;
    public volatile CacheNode? Chain;

    public byte Uses;
    public int Bytes = link.Bytes;
    public NodeQueue? Queue;
    public CacheNode? Newer;
    public CacheNode? Older;
}

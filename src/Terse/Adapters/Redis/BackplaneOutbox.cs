using System.Threading.Channels;
using Terse.Links;

namespace Terse.Adapters.Redis;

/// <summary>
/// The changes made on this node that the others have yet to hear of. Bounded; when it is full (Redis has been away for long) a change is dropped
/// and counted, and the others see it when what they and L2 hold of the link ends.
/// </summary>
internal sealed partial class BackplaneOutbox(BackplaneMetrics metrics, TimeProvider time, ILogger<BackplaneOutbox> logger) : ILinkChangeListener
{
    public const int Capacity = 10_000;

    private readonly Channel<Pending> _pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private volatile bool _dropping;

    public ChannelReader<Pending> Pending => _pending.Reader;

    public void OnChanged(LinkChange change)
    {
        // Nobody can have asked for a generated code before it was there; of an alias a node may hold a negative entry.
        if (change is { Kind: LinkChangeKind.Created, Link.IsAlias: false }) return;
        if (_pending.Writer.TryWrite(new Pending(change, time.GetTimestamp())))
        {
            _dropping = false;
            return;
        }
        metrics.Dropped();
        if (_dropping) return;
        _dropping = true;
        Log.Dropping(logger);
    }

    public void Complete() => _pending.Writer.TryComplete();

    private static partial class Log
    {
        [LoggerMessage(2105, LogLevel.Warning, "Other nodes are not told of changes for now: Redis is away, and too many changes wait for it already. They see them when what they hold ends")]
        public static partial void Dropping(ILogger logger);
    }
}

/// <param name="Change">What happened.</param>
/// <param name="Since">The timestamp of its publication on this node.</param>
internal readonly record struct Pending(LinkChange Change, long Since);

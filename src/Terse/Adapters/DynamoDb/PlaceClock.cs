using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Terse.Adapters.DynamoDb;

/// <summary>
/// A hybrid logical clock (Kulkarni et al. 2014) without the messages: this node's places only ever rise, whatever its wall clock does, and follow the
/// wall clock otherwise. Between nodes the order of additions is as exact as their clocks agree.
/// </summary>
internal sealed class PlaceClock(TimeProvider time)
{
    private const int MaxCounter = 0xffff;

    private readonly uint _node = BinaryPrimitives.ReadUInt32BigEndian(RandomNumberGenerator.GetBytes(sizeof(uint)));
    private readonly Lock _lock = new();
    private long _milliseconds;
    private int _counter;

    public Place Next()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_lock)
        {
            if (now > _milliseconds) (_milliseconds, _counter) = (now, 0);
            else if (_counter < MaxCounter) _counter++;
            else (_milliseconds, _counter) = (_milliseconds + 1, 0);
            return Place.At(_milliseconds, _counter, _node);
        }
    }
}

using Terse.Codes;

namespace Terse.Tests.Codes;

/// <summary>Code ranges shared by nodes simulated in one process. It passes the port's contract, but for surviving its process.</summary>
internal sealed class InMemoryCodeRangeStore : ICodeRangeStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, MachineLease> _machines = [];
    private byte[]? _key;
    private long _highWater;

    public int Leases { get; private set; }

    public ValueTask<byte[]> GetOrAddKeyAsync(byte[] candidate, CancellationToken cancellationToken)
    {
        lock (_lock) return new(_key ??= candidate);
    }

    public ValueTask<CodeRange> LeaseRangeAsync(int size, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        lock (_lock)
        {
            Leases++;
            return new(new CodeRange(_highWater, _highWater += size));
        }
    }

    public ValueTask<long> GetHighWaterAsync(CancellationToken cancellationToken)
    {
        lock (_lock) return new(_highWater);
    }

    public ValueTask RaiseHighWaterAsync(long highWater, CancellationToken cancellationToken)
    {
        lock (_lock) _highWater = Math.Max(_highWater, highWater);
        return default;
    }

    public ValueTask<MachineLease?> LeaseMachineAsync(string holder, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var id = _machines.Count;
            if (id > MachineLease.MaxMachineId)
            {
                var free = _machines.Values.Where(held => held.Holder.Length == 0 || held.ExpiresAt <= now).MinBy(held => held.ExpiresAt);
                if (free is null) return new((MachineLease?)null);
                id = free.MachineId;
            }

            var notBefore = _machines.TryGetValue(id, out var old) && old.ExpiresAt > now ? old.ExpiresAt : now;
            return new(_machines[id] = new MachineLease(id, holder, notBefore, notBefore + duration));
        }
    }

    public ValueTask<MachineLease?> RenewMachineAsync(MachineLease lease, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_machines.TryGetValue(lease.MachineId, out var held) || held.Holder != lease.Holder) return new((MachineLease?)null);
            var until = now + duration;
            return new(_machines[lease.MachineId] = held with { ExpiresAt = until > held.ExpiresAt ? until : held.ExpiresAt });
        }
    }

    public ValueTask ReleaseMachineAsync(MachineLease lease, DateTimeOffset lastUsed, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_machines.TryGetValue(lease.MachineId, out var held) && held.Holder == lease.Holder)
                _machines[lease.MachineId] = held with { Holder = "", ExpiresAt = lastUsed < held.NotBefore ? held.NotBefore : lastUsed.AddMilliseconds(1) };
        }

        return default;
    }
}

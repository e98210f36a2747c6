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

    public ValueTask<bool> ReplaceKeyAsync(byte[] key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_highWater > 0 || _machines.Count > 0) return new(false);
            _key = key;
            return new(true);
        }
    }

    public ValueTask<MachineLease?> LeaseMachineAsync(string holder, DateTimeOffset now, TimeSpan duration, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            for (var id = 0; id <= MachineLease.MaxMachineId; id++)
            {
                var old = _machines.GetValueOrDefault(id);
                if (old is not null && old.ExpiresAt > now) continue;
                return new(_machines[id] = new MachineLease(id, holder, old?.ExpiresAt ?? DateTimeOffset.UnixEpoch, now + duration));
            }

            return new((MachineLease?)null);
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
                _machines[lease.MachineId] = held with { Holder = "", ExpiresAt = lastUsed };
        }

        return default;
    }
}

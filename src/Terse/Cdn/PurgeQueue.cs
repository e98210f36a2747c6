namespace Terse.Cdn;

/// <summary>
/// What one cache has yet to be told. Bounded by <see cref="Capacity"/>; a code that changes again while it waits is still one entry. Many threads add,
/// one worker takes. Instants are timestamps of the clock.
/// </summary>
internal sealed class PurgeQueue(TimeProvider time)
{
    public const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Purge> _waiting = new(StringComparer.Ordinal);

    // May hold purges that a later change of the same code has replaced: they are passed over. At most two for each code that waits.
    private readonly PriorityQueue<Purge, long> _order = new();
    private TaskCompletionSource _changed = NewSignal();
    private bool _completed;

    public bool IsCompleted => Volatile.Read(ref _completed);

    /// <summary>Adds a purge that is due at once, or says that there is no room.</summary>
    public bool TryAdd(Purge purge)
    {
        lock (_lock)
        {
            if (_waiting.TryGetValue(purge.Code, out var there))
            {
                // One that was never sent covers this change too.
                if (there.Sent == 0)
                {
                    there.Until = Math.Max(there.Until, purge.Until);
                    return true;
                }
            }
            else if (_waiting.Count >= Capacity)
            {
                return false;
            }

            Put(purge);
            _changed.TrySetResult();
            return true;
        }
    }

    /// <summary>Puts back what was taken, to be due later, unless the link has changed again since.</summary>
    public void PutBack(Purge purge)
    {
        lock (_lock)
        {
            if (!_waiting.ContainsKey(purge.Code)) Put(purge);
        }
    }

    /// <summary>Waits until something is due, and takes up to <paramref name="most"/>. Nothing: the queue is completed and empty.</summary>
    public async ValueTask<List<Purge>> TakeAsync(int most, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            TimeSpan wait;
            lock (_lock)
            {
                var due = TakeDue(most);
                if (due.Count > 0 || _completed) return due;
                if (_changed.Task.IsCompleted) _changed = NewSignal();
                changed = _changed.Task;
                wait = _order.TryPeek(out _, out var next) ? time.GetElapsedTime(time.GetTimestamp(), next) : Timeout.InfiniteTimeSpan;
            }

            await changed.WaitAsync(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>From now on everything is due at once, and nobody waits for more.</summary>
    public void Complete()
    {
        lock (_lock) _completed = true;
        _changed.TrySetResult();
    }

    private List<Purge> TakeDue(int most)
    {
        var now = time.GetTimestamp();
        var due = new List<Purge>();
        while (due.Count < most && _order.TryPeek(out var purge, out var at))
        {
            var isReplaced = !_waiting.TryGetValue(purge.Code, out var there) || !ReferenceEquals(there, purge);
            if (!isReplaced && at > now && !_completed) break;
            _order.Dequeue();
            if (isReplaced) continue;
            _waiting.Remove(purge.Code);
            due.Add(purge);
        }
        return due;
    }

    private void Put(Purge purge)
    {
        _waiting[purge.Code] = purge;
        _order.Enqueue(purge, purge.DueAt);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A link of which a cache is to forget what it has. Instants are timestamps of the clock.</summary>
internal sealed class Purge
{
    public required string Code { get; init; }

    public required long ChangedAt { get; init; }

    /// <summary>By then the cache has let go of it by itself.</summary>
    public required long Until { get; set; }

    public required long DueAt { get; set; }

    /// <summary>How often the cache has taken it.</summary>
    public int Sent { get; set; }
}

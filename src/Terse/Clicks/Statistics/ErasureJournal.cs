using System.Globalization;
using System.Text;
using Terse.Codes;

namespace Terse.Clicks.Statistics;

/// <summary>
/// The links whose clicks are still to be erased, in a file of a line each that outlives the process: <c>+ milliseconds code due</c> when the link went (without
/// a due moment: at once), <c>- milliseconds code</c> when its clicks went for the first time, <c>= milliseconds code</c> when the removal was taken back.
/// It is emptied when nothing is left to be done. A line is on the disk before the removal is answered.
/// </summary>
internal sealed class ErasureJournal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private readonly Dictionary<(long Milliseconds, string Code), (bool Erased, long Due)> _open = [];

    public ErasureJournal(string path)
    {
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        using (var reader = new StreamReader(_file, leaveOpen: true))
        {
            while (reader.ReadLine() is { } line) Restore(line.Split(' '));
        }
        _file.Seek(0, SeekOrigin.End);
        if (_open.Count == 0) _file.SetLength(0);
    }

    /// <summary>What is to be done, the oldest first.</summary>
    public IReadOnlyList<Erasure> Open
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _open.OrderBy(static entry => entry.Key.Milliseconds)
                        .Select(static entry => new Erasure(ShortCode.Parse(entry.Key.Code), DateTimeOffset.FromUnixTimeMilliseconds(entry.Key.Milliseconds), DateTimeOffset.FromUnixTimeMilliseconds(entry.Value.Due), entry.Value.Erased)),
                ];
            }
        }
    }

    /// <param name="code">The link.</param>
    /// <param name="at">When it was removed.</param>
    /// <param name="due">From when on its clicks may go.</param>
    public void Add(ShortCode code, DateTimeOffset at, DateTimeOffset due)
    {
        lock (_lock) Write('+', (at.ToUnixTimeMilliseconds(), code.Value), (false, due.ToUnixTimeMilliseconds()));
    }

    /// <summary>What still waits for this code is due now; false when nothing does.</summary>
    public bool Hurry(ShortCode code)
    {
        lock (_lock)
        {
            var waiting = Waiting(code);
            foreach (var entry in waiting) Write('+', entry, (false, entry.Milliseconds));
            return waiting.Length > 0;
        }
    }

    /// <summary>What still waits for this code is not to be done.</summary>
    public void CallOff(ShortCode code)
    {
        lock (_lock)
        {
            foreach (var entry in Waiting(code)) Write('=', entry, null);
        }
    }

    /// <summary>The clicks went; those that were on their way are to follow.</summary>
    public void Erased(Erasure erasure)
    {
        lock (_lock)
        {
            var entry = (erasure.At.ToUnixTimeMilliseconds(), erasure.Code.Value);
            if (_open.TryGetValue(entry, out var open)) Write('-', entry, (true, open.Due));
        }
    }

    /// <summary>Nothing is left to be done.</summary>
    public void Close(Erasure erasure)
    {
        lock (_lock)
        {
            _open.Remove((erasure.At.ToUnixTimeMilliseconds(), erasure.Code.Value));
            if (_open.Count == 0) _file.SetLength(0);
        }
    }

    public void Dispose() => _file.Dispose();

    private (long Milliseconds, string Code)[] Waiting(ShortCode code) =>
        [.. _open.Where(entry => entry.Key.Code == code.Value && !entry.Value.Erased).Select(static entry => entry.Key)];

    private void Write(char sign, (long Milliseconds, string Code) entry, (bool Erased, long Due)? state)
    {
        var due = sign == '+' ? string.Create(CultureInfo.InvariantCulture, $" {state!.Value.Due}") : "";
        _file.Seek(0, SeekOrigin.End);
        _file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sign} {entry.Milliseconds} {entry.Code}{due}\n")));
        _file.Flush(flushToDisk: true);
        if (state is { } open) _open[entry] = open;
        else _open.Remove(entry);
    }

    /// <summary>A line that a crash cut short is left out, or is due at once: its removal was not answered yet.</summary>
    private void Restore(string[] fields)
    {
        if (fields is not [("+" or "-" or "=") and var sign, var milliseconds, var code, ..] || !long.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || !ShortCode.TryParse(code, out _)) return;
        var due = fields.Length > 3 && long.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out var until) ? until : at;
        if (sign == "=") _open.Remove((at, code));
        else _open[(at, code)] = (sign == "-", due);
    }
}

/// <param name="Code">The link.</param>
/// <param name="At">When it was removed.</param>
/// <param name="Due">From when on its clicks may go.</param>
/// <param name="Erased">Whether its clicks went once.</param>
internal readonly record struct Erasure(ShortCode Code, DateTimeOffset At, DateTimeOffset Due, bool Erased);

using System.Globalization;
using System.Text;
using Terse.Codes;

namespace Terse.Clicks.Statistics;

/// <summary>
/// The links whose clicks are still to be erased, in a file of a line each that outlives the process: <c>+ milliseconds code</c> when the link went,
/// <c>- milliseconds code</c> when its clicks went for the first time. It is emptied when nothing is left to be done. A line is on the disk before the
/// removal is answered.
/// </summary>
internal sealed class ErasureJournal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private readonly Dictionary<(long Milliseconds, string Code), bool> _open = [];

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
                        .Select(static entry => new Erasure(ShortCode.Parse(entry.Key.Code), DateTimeOffset.FromUnixTimeMilliseconds(entry.Key.Milliseconds), entry.Value)),
                ];
            }
        }
    }

    public void Add(ShortCode code, DateTimeOffset at) => Write('+', at, code, entry => _open[entry] = false);

    /// <summary>The clicks went; those that were on their way are to follow.</summary>
    public void Erased(Erasure erasure) => Write('-', erasure.At, erasure.Code, entry => _open[entry] = true);

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

    private void Write(char sign, DateTimeOffset at, ShortCode code, Action<(long, string)> apply)
    {
        var line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sign} {at.ToUnixTimeMilliseconds()} {code}\n"));
        lock (_lock)
        {
            _file.Seek(0, SeekOrigin.End);
            _file.Write(line);
            _file.Flush(flushToDisk: true);
            apply((at.ToUnixTimeMilliseconds(), code.Value));
        }
    }

    /// <summary>A line that a crash cut short is left out: its removal was not answered yet.</summary>
    private void Restore(string[] fields)
    {
        if (fields is [("+" or "-") and var sign, var milliseconds, var code]
            && long.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && ShortCode.TryParse(code, out _))
            _open[(at, code)] = sign == "-";
    }
}

/// <param name="Code">The link.</param>
/// <param name="At">When it was removed.</param>
/// <param name="Erased">Whether its clicks went once.</param>
internal readonly record struct Erasure(ShortCode Code, DateTimeOffset At, bool Erased);

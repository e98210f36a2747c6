using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Terse.Codes;

namespace Terse.Clicks.Statistics;

/// <summary>
/// The links whose clicks are still to be erased, for each code its latest removal, in a file that outlives the process. A line each:
/// <c>+ milliseconds code due</c> when the link went (without a due moment: at once), <c>- milliseconds code</c> when its clicks went for the first time,
/// <c>= milliseconds code</c> when nothing is left to be done: they went twice, or the removal was taken back.
/// Memory says what is to be done, and <see cref="TrySave"/> brings the file up to it: by new lines, or as a whole where most lines are done with or an
/// earlier attempt failed. So nothing that could not be written is lost while the process lives.
/// </summary>
internal sealed class ErasureJournal : IDisposable
{
    private const int FewLines = 1_000;

    private readonly string _path;
    private readonly TimeSpan _again;
    private readonly Lock _memory = new();
    private readonly Dictionary<ShortCode, Erasure> _open = [];
    private readonly PriorityQueue<Erasure, DateTimeOffset> _due = new();
    private readonly List<string> _news = [];

    // Apart from that of memory, so that who only asks does not wait for the disk.
    private readonly Lock _disk = new();
    private FileStream? _file;
    private int _lines;
    private bool _outOfDate;

    /// <param name="path">The file.</param>
    /// <param name="again">How long after a removal its clicks are erased once more.</param>
    public ErasureJournal(string path, TimeSpan again)
    {
        (_path, _again, _file) = (path, again, OpenFile(path));
        using (var reader = new StreamReader(_file, leaveOpen: true))
        {
            for (; reader.ReadLine() is { } line; _lines++) Restore(line.Split(' '));
        }
        _file.Seek(0, SeekOrigin.End);
        foreach (var erasure in _open.Values) _due.Enqueue(erasure, erasure.Due);

        // Behind a line that was cut short nothing may be written.
        _outOfDate = _lines > _open.Count;
    }

    /// <param name="code">The link.</param>
    /// <param name="at">When it was removed.</param>
    /// <param name="due">From when on its clicks may go.</param>
    public void Add(ShortCode code, DateTimeOffset at, DateTimeOffset due)
    {
        lock (_memory) Put(new Erasure(code, at, due, Erased: false));
    }

    /// <summary>What still waits for this code is due now; false when nothing does.</summary>
    public bool Hurry(ShortCode code)
    {
        lock (_memory)
        {
            if (!_open.TryGetValue(code, out var open) || open.Erased) return false;
            Put(open with { Due = open.At });
            return true;
        }
    }

    /// <summary>What still waits for this code is not to be done.</summary>
    public void CallOff(ShortCode code)
    {
        lock (_memory)
        {
            if (_open.TryGetValue(code, out var open) && !open.Erased) End(open);
        }
    }

    /// <summary>Takes what is due, the longest due first. Whoever took it says <see cref="Done"/> or <see cref="PutBack"/>.</summary>
    public bool TryTake(DateTimeOffset now, out Erasure erasure)
    {
        lock (_memory)
        {
            while (_due.TryPeek(out erasure, out var due) && due <= now)
            {
                _due.Dequeue();
                if (IsOpen(erasure)) return true;
            }
            return false;
        }
    }

    public void PutBack(Erasure erasure)
    {
        lock (_memory) _due.Enqueue(erasure, erasure.Due);
    }

    /// <summary>The clicks went: for the first time, and those that were on their way are to follow, or for the last.</summary>
    public void Done(Erasure erasure)
    {
        lock (_memory)
        {
            if (!IsOpen(erasure)) return;
            if (erasure.Erased) End(erasure);
            else Put(erasure with { Due = erasure.At + _again, Erased = true });
        }
    }

    /// <summary>Whether all that was said before the call is on the disk now. If not, the next attempt has it too.</summary>
    public bool TrySave([NotNullWhen(false)] out Exception? fault)
    {
        lock (_disk)
        {
            try
            {
                Save();
                fault = null;
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                fault = e;
                return false;
            }
        }
    }

    public void Dispose()
    {
        lock (_disk)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Save()
    {
        string[] lines;
        bool whole;
        lock (_memory)
        {
            if (_news.Count == 0 && !_outOfDate) return;
            _lines += _news.Count;
            whole = _outOfDate || _file is null || _lines > 2 * _open.Count + FewLines;
            lines = whole ? [.. _open.Values.Select(Line)] : _open.Count == 0 ? [] : [.. _news];
            _news.Clear();
        }

        _outOfDate = true;
        if (whole) Rewrite(lines);
        else if (lines.Length == 0) Empty();
        else Write(_file!, lines);
        _outOfDate = false;
    }

    private void Rewrite(string[] lines)
    {
        var beside = _path + ".new";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0)) Write(file, lines);
        _file?.Dispose();
        _file = null;
        File.Move(beside, _path, overwrite: true);
        _file = OpenFile(_path);
        _file.Seek(0, SeekOrigin.End);
        _lines = lines.Length;
    }

    private void Empty()
    {
        _file!.SetLength(0);
        _file.Seek(0, SeekOrigin.Begin);
        _lines = 0;
    }

    private static void Write(FileStream file, string[] lines)
    {
        file.Write(Encoding.ASCII.GetBytes(string.Concat(lines)));
        file.Flush(flushToDisk: true);
    }

    private static FileStream OpenFile(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    private bool IsOpen(Erasure erasure) => _open.TryGetValue(erasure.Code, out var open) && open == erasure;

    private void Put(Erasure erasure)
    {
        _open[erasure.Code] = erasure;
        _due.Enqueue(erasure, erasure.Due);
        _news.Add(Line(erasure));
    }

    private void End(Erasure erasure)
    {
        _open.Remove(erasure.Code);
        _news.Add(string.Create(CultureInfo.InvariantCulture, $"= {erasure.At.ToUnixTimeMilliseconds()} {erasure.Code.Value}\n"));
    }

    private static string Line(Erasure erasure) => erasure.Erased
        ? string.Create(CultureInfo.InvariantCulture, $"- {erasure.At.ToUnixTimeMilliseconds()} {erasure.Code.Value}\n")
        : string.Create(CultureInfo.InvariantCulture, $"+ {erasure.At.ToUnixTimeMilliseconds()} {erasure.Code.Value} {erasure.Due.ToUnixTimeMilliseconds()}\n");

    /// <summary>A line that a crash cut short is left out, or is due at once: its removal was not answered yet.</summary>
    private void Restore(string[] fields)
    {
        if (fields is not [var sign, var milliseconds, var text, ..] || Instant(milliseconds) is not { } at || !ShortCode.TryParse(text, out var code)) return;
        var same = !_open.TryGetValue(code, out var open) || open.At == at;
        if (sign == "+") _open[code] = new Erasure(code, at, fields.Length > 3 && Instant(fields[3]) is { } due ? due : at, Erased: false);
        else if (sign == "-" && same) _open[code] = new Erasure(code, at, at + _again, Erased: true);
        else if (sign == "=" && same) _open.Remove(code);
    }

    private static DateTimeOffset? Instant(string milliseconds) =>
        long.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(number)
            : null;
}

/// <param name="Code">The link.</param>
/// <param name="At">When it was removed.</param>
/// <param name="Due">From when on its clicks may go, or go again.</param>
/// <param name="Erased">Whether its clicks went once.</param>
internal readonly record struct Erasure(ShortCode Code, DateTimeOffset At, DateTimeOffset Due, bool Erased);

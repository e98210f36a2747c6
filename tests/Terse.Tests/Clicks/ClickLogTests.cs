using System.Text;
using Microsoft.Extensions.Options;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Tests.Contracts;

namespace Terse.Tests.Clicks;

public sealed class ClickLogTests : IDisposable
{
    private const int SegmentBytes = 128 << 10;
    private readonly string _directory = Directory.CreateTempSubdirectory("terse-log-").FullName;
    private ClickLog _log;

    public ClickLogTests() => _log = Open();

    [Fact]
    public async Task Records_of_many_writers_are_all_there_once_each_writer_s_in_order()
    {
        const int Writers = 8, Each = 500;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++) Assert.True(_log.TryAppend(Encoding.ASCII.GetBytes($"{writer}:{i:D4}".PadRight(40 + (i * 7 % 150)))));
        })));

        var read = ReadAll(_log);

        Assert.Equal(Writers * Each, read.Count);
        Assert.Equal(read.Select(click => click.Position).Order(), read.Select(click => click.Position));
        var byWriter = read.Select(click => Encoding.ASCII.GetString(click.Body.Span).Trim().Split(':')).GroupBy(parts => parts[0], parts => parts[1]);
        Assert.All(byWriter, numbers => Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{i:D4}"), numbers));
    }

    [Fact]
    public void Positions_grow_over_restarts()
    {
        var last = 0L;
        for (var run = 0; run < 5; run++)
        {
            Append("a");
            var position = _log.Read(last, 10)[^1].Position;
            Assert.True(position > last);
            last = position;
            _log.Acknowledge(position);
            Reopen();
        }
    }

    [Fact]
    public void Source_stays_and_no_other_log_has_it()
    {
        var source = _log.Source;
        Reopen();
        Assert.Equal(source, _log.Source);
        Assert.Matches("^[0-9a-f]{32}$", source);

        using var other = new ClickLog(Options.Create(new RecordingOptions { Directory = Path.Combine(_directory, "other"), LogMebibytes = 1 }));
        other.Open();
        Assert.NotEqual(source, other.Source);
    }

    /// <summary>What a kill leaves of a writer that had reserved a place and not written yet; and what a power loss leaves of a page that was never synced.</summary>
    [Theory]
    [InlineData(1, 0x00)]
    [InlineData(1, 0xC1)]
    [InlineData(0, 0x00)]
    [InlineData(2, 0xFF)]
    public void Torn_record_is_left_out_and_those_around_it_are_kept(int torn, byte filler)
    {
        Append("a", "b", "c");
        var positions = _log.Read(0, 10).Select(click => click.Position).ToArray();
        _log.Dispose();
        using (var file = new FileStream(Directory.GetFiles(_directory, "*.clicks").Order(StringComparer.Ordinal).First(), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = positions[torn] & ClickLogSegment.OffsetMask;
            file.Write(Enumerable.Repeat(filler, 24).ToArray());
        }

        _log = Open();

        Assert.Equal(new[] { "a", "b", "c" }.Where((_, index) => index != torn), ReadAll(_log).Select(ARecord.CodeOf));
    }

    [Fact]
    public void Kept_file_is_cut_to_what_it_holds_and_an_unused_one_is_gone()
    {
        Append("a");
        Reopen();
        var files = Directory.GetFiles(_directory, "*.clicks").Order(StringComparer.Ordinal).Select(file => new FileInfo(file).Length).ToArray();
        Assert.InRange(files[0], 100, 4096);

        Assert.All(files[1..], length => Assert.Equal(SegmentBytes, length));
    }

    [Fact]
    public void Full_log_takes_no_more_stays_within_its_bound_and_takes_again_once_worked_off()
    {
        var appended = 0;
        while (_log.TryAppend(ARecord.Body("abc"))) appended++;
        Assert.InRange(appended, 4000, 8000);
        Assert.InRange(Directory.GetFiles(_directory, "*.clicks").Sum(file => new FileInfo(file).Length), SegmentBytes, 1 << 20);
        Assert.False(_log.HasRoomFor(ClickKind.NotFound));
        Assert.False(_log.HasRoomFor(ClickKind.Ended));
        Assert.True(_log.HasRoomFor(ClickKind.Redirected));

        var read = ReadAll(_log);
        Assert.Equal(appended, read.Count);
        _log.Acknowledge(read[^1].Position);

        Append("d");
        Assert.Equal("d", ARecord.CodeOf(Assert.Single(_log.Read(read[^1].Position, 10))));
        Assert.True(_log.HasRoomFor(ClickKind.NotFound));
    }

    [Fact]
    public void What_was_worked_off_waits_no_more()
    {
        Assert.Equal(0, _log.PendingBytes);
        var appended = 0;
        while (appended++ < 5000) Append("abc");
        Assert.InRange(_log.PendingBytes, appended * 50, 1 << 20);

        _log.Acknowledge(ReadAll(_log)[^1].Position);
        Assert.Equal(0, _log.PendingBytes);
    }

    [Fact]
    public void Restarts_without_a_worker_do_not_fill_the_disk()
    {
        for (var run = 0; run < 20; run++)
        {
            Append($"run{run}");
            Reopen();
        }

        Append("last");
        Assert.Equal(21, ReadAll(_log).Count);
    }

    [Fact]
    public void Closed_log_refuses()
    {
        _log.Dispose();
        Assert.False(_log.TryAppend(ARecord.Body("a")));
    }

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private ClickLog Open()
    {
        var log = new ClickLog(Options.Create(new RecordingOptions { Directory = _directory, LogMebibytes = 1 }));
        log.Open();
        return log;
    }

    private void Reopen()
    {
        _log.Dispose();
        _log = Open();
    }

    private void Append(params string[] codes) => Assert.All(codes, code => Assert.True(_log.TryAppend(ARecord.Body(code))));

    private static IReadOnlyList<QueuedClick> ReadAll(ClickLog log) => log.Read(0, int.MaxValue);
}

using Microsoft.Extensions.Options;
using Terse.Adapters.LocalLog;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Tests.Contracts;

namespace Terse.Tests.Adapters.LocalLog;

public sealed class LocalClickQueueTests : ClickQueueContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("terse-log-").FullName;

    public override ValueTask InitializeAsync()
    {
        var options = Options.Create(new RecordingOptions { Directory = _directory, LogMebibytes = 1, BatchSize = BatchSize });
        Log = new ClickLog(options);
        Log.Open();
        Queue = new LocalClickQueue(Log, new DeadLetterFiles(options), options, TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        Log.Dispose();
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private protected override ValueTask ReopenAsync()
    {
        Log.Dispose();
        return InitializeAsync();
    }
}

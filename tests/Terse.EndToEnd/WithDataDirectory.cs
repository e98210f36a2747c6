namespace Terse.EndToEnd;

/// <summary>A directory for one test, gone after it.</summary>
public abstract class WithDataDirectory : IDisposable
{
    protected string Data { get; } = Directory.CreateTempSubdirectory("terse-e2e-").FullName;

    public void Dispose()
    {
        Directory.Delete(Data, recursive: true);
        GC.SuppressFinalize(this);
    }
}

namespace Terse.Faults;

/// <summary>A process that can be broken and mended: one of ours, or a server beside us.</summary>
internal interface IFaulty : IAsyncDisposable
{
    string Name { get; }

    /// <summary>kill -9.</summary>
    Task KillAsync();

    /// <summary>Starts it again on the same port, with what it had on disk.</summary>
    Task RestartAsync();

    /// <summary>SIGSTOP: it holds its connections and answers nothing.</summary>
    void Pause();

    void Resume();
}

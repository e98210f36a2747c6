namespace Terse.Portability;

/// <summary>A line on standard error that counts; silent when standard error is not a terminal.</summary>
internal sealed class ConsoleProgress(string verb, long total) : IProgress<long>
{
    private readonly bool _shown = !Console.IsErrorRedirected;

    public void Report(long value)
    {
        if (!_shown) return;
        var share = total > 0 ? $" of {total:N0} ({Math.Min(100, value * 100 / total)} %)" : "";
        Console.Error.Write($"\r{verb} {value:N0}{share}   ");
    }

    public void Finish()
    {
        if (_shown) Console.Error.Write("\r\u001b[K");
    }
}

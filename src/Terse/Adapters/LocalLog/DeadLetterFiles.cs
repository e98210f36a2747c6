using System.Text.Json;
using Microsoft.Extensions.Options;
using Terse.Clicks;
using Terse.Links;

namespace Terse.Adapters.LocalLog;

/// <summary>
/// Dead letters as one JSON file each, <c>dead/ID.json</c> beside the click log; one that is to be replayed is <c>ID.replay</c>. Every step is a rename or a
/// delete, so a server and <c>terse dead-letters</c> may work on them at once.
/// </summary>
internal sealed class DeadLetterFiles(IOptions<RecordingOptions> options)
{
    private const string Kept = ".json";
    private const string Replayed = ".replay";

    private readonly string _directory = Path.Combine(Path.GetFullPath(options.Value.Directory), "dead");

    public void Add(DeadLetter letter)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_directory);
            else Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var path = PathOf(letter.Id, Kept);
            using (var file = new FileStream(path + ".new", FileMode.Create))
            {
                JsonSerializer.Serialize(file, letter, DeadLetterJson.Default.DeadLetter);
                file.Flush(flushToDisk: true);
            }
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"A dead letter cannot be written to {_directory}: {e.Message}", e);
        }
    }

    public long Count() => Ids(Kept).LongCount();

    public IReadOnlyList<DeadLetter> List(string? after, int limit) =>
        [.. Ids(Kept).Where(id => string.CompareOrdinal(id, after) > 0).Order(StringComparer.Ordinal).Take(limit).Select(id => Read(id, Kept)).OfType<DeadLetter>()];

    public DeadLetter? Find(string id) => DeadLetter.IsId(id) ? Read(id, Kept) : null;

    /// <summary>The oldest name among those to be replayed.</summary>
    public DeadLetter? FirstReplay() => Ids(Replayed).Min(StringComparer.Ordinal) is { } id ? Read(id, Replayed) : null;

    public bool BeginReplay(string id)
    {
        if (!DeadLetter.IsId(id)) return false;
        try
        {
            File.Move(PathOf(id, Kept), PathOf(id, Replayed), overwrite: true);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    public void EndReplay(string id) => File.Delete(PathOf(id, Replayed));

    public bool Remove(string id)
    {
        if (!DeadLetter.IsId(id) || !File.Exists(PathOf(id, Kept))) return false;
        File.Delete(PathOf(id, Kept));
        return true;
    }

    private IEnumerable<string> Ids(string extension) => Directory.Exists(_directory)
        ? Directory.EnumerateFiles(_directory, "*" + extension).Select(path => Path.GetFileNameWithoutExtension(path))
        : [];

    private DeadLetter? Read(string id, string extension)
    {
        try
        {
            using var file = File.OpenRead(PathOf(id, extension));
            return JsonSerializer.Deserialize(file, DeadLetterJson.Default.DeadLetter);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new StoreUnavailableException($"The dead letter {PathOf(id, extension)} cannot be read: {e.Message}", e);
        }
    }

    private string PathOf(string id, string extension) => Path.Combine(_directory, id + extension);
}

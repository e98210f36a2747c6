using System.Buffers;

namespace Terse.Clicks.Enrichment;

/// <summary>
/// Finds a text that every match of an expression must hold, so that most expressions are ruled out by a plain search.
/// It reads runs of plain characters, through groups without alternatives; whatever else it meets ends the run, so it may find none but never a wrong one.
/// </summary>
internal static class RequiredLiteral
{
    private const int Shortest = 3;

    private static readonly SearchValues<string> CodedCharacters = SearchValues.Create([@"\x", @"\u", @"\c", @"\p", @"\P", @"\k"], StringComparison.Ordinal);

    /// <summary>The longest such text, or null when none has three characters.</summary>
    public static string? Of(string expression)
    {
        // Inline options and coded characters change what the rest means; no list uses them, and one that did would only lose its shortcut.
        if (expression.Contains("(?i", StringComparison.Ordinal) || expression.AsSpan().ContainsAny(CodedCharacters)) return null;
        var longest = "";
        Scan(expression, ref longest);
        return longest.Length >= Shortest ? longest : null;
    }

    private static void Scan(ReadOnlySpan<char> expression, ref string longest)
    {
        if (HasAlternatives(expression)) return;
        var run = new List<char>();
        var at = 0;
        while (at < expression.Length)
        {
            var (length, plain) = Read(expression[at..]);
            var next = at + length;
            var quantifier = QuantifierLength(expression[next..], out var optional);
            if (plain is { } character && !optional) run.Add(character);
            if (plain is null || quantifier > 0)
            {
                Keep(run, ref longest);
                if (expression[at] == '(' && !optional && Inside(expression.Slice(at, length)) is { Length: > 0 } inside) Scan(inside, ref longest);
            }
            at = next + quantifier;
        }
        Keep(run, ref longest);
    }

    /// <summary>The length of the next element, and its character if it stands for itself.</summary>
    private static (int Length, char? Plain) Read(ReadOnlySpan<char> rest) => rest[0] switch
    {
        '\\' when rest.Length > 1 => (2, char.IsAsciiLetterOrDigit(rest[1]) ? null : rest[1]),
        '[' => (ClassLength(rest), null),
        '(' => (GroupLength(rest), null),
        '.' or '^' or '$' or '|' or ')' or '\\' => (1, null),
        var character => (1, character),
    };

    private static int QuantifierLength(ReadOnlySpan<char> rest, out bool optional)
    {
        optional = false;
        if (rest.IsEmpty) return 0;
        var length = rest[0] switch
        {
            '?' or '*' or '+' => 1,
            '{' => rest.IndexOf('}') + 1,
            _ => 0,
        };
        optional = length > 0 && (rest[0] is '?' or '*' || rest.StartsWith("{0"));
        return length > 0 && rest.Length > length && rest[length] is '?' ? length + 1 : length;
    }

    /// <summary>What stands in a group that must match as it stands; nothing for look-arounds.</summary>
    private static ReadOnlySpan<char> Inside(ReadOnlySpan<char> group)
    {
        if (group.StartsWith("(?:")) return group[3..^1];
        return group.StartsWith("(?") ? [] : group[1..^1];
    }

    private static bool HasAlternatives(ReadOnlySpan<char> expression)
    {
        for (var at = 0; at < expression.Length; at += Read(expression[at..]).Length)
            if (expression[at] == '|') return true;
        return false;
    }

    private static int ClassLength(ReadOnlySpan<char> rest)
    {
        for (var at = rest.StartsWith("[^") ? 3 : 2; at < rest.Length; at++)
        {
            if (rest[at] == '\\') at++;
            else if (rest[at] == ']') return at + 1;
        }
        return rest.Length;
    }

    private static int GroupLength(ReadOnlySpan<char> rest)
    {
        for (int at = 1, depth = 1; at < rest.Length; at++)
        {
            if (rest[at] == '\\') at++;
            else if (rest[at] == '[') at += ClassLength(rest[at..]) - 1;
            else if (rest[at] == '(') depth++;
            else if (rest[at] == ')' && --depth == 0) return at + 1;
        }
        return rest.Length;
    }

    private static void Keep(List<char> run, ref string longest)
    {
        if (run.Count > longest.Length) longest = new string([.. run]);
        run.Clear();
    }
}

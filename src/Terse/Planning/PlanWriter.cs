using Spectre.Console;

namespace Terse.Planning;

/// <summary>Draws the sections of a report: as coloured tables, or as Markdown.</summary>
internal static class PlanWriter
{
    public static void Draw(IAnsiConsole console, IEnumerable<ReportSection> sections)
    {
        foreach (var (index, section) in sections.Index())
        {
            console.WriteLine();
            console.Write(new Rule($"[bold {(index == 0 ? "green" : "blue")}]{Markup.Escape(section.Title)}[/]").LeftJustified());
            var table = new Table().Border(TableBorder.Simple).BorderColor(Color.Grey);
            foreach (var column in section.Columns) table.AddColumn($"[bold]{Markup.Escape(column)}[/]");
            foreach (var row in section.Rows) table.AddRow([.. row.Select(Cell)]);
            console.Write(table);
            foreach (var note in section.Notes) console.MarkupLine($"  [grey]{Markup.Escape(note)}[/]");
        }
    }

    public static void WriteMarkdown(TextWriter writer, IEnumerable<ReportSection> sections)
    {
        foreach (var section in sections)
        {
            writer.WriteLine($"## {section.Title}");
            writer.WriteLine();
            writer.WriteLine(Line(section.Columns));
            writer.WriteLine(Line(section.Columns.Select(_ => "---")));
            foreach (var row in section.Rows) writer.WriteLine(Line(row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))));
            writer.WriteLine();
            foreach (var note in section.Notes) writer.WriteLine($"- {note}");
            if (section.Notes.Count > 0) writer.WriteLine();
        }
    }

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    private static Markup Cell(string text) => new(text switch
    {
        "in" => "[green]in[/]",
        "out" => "[grey]out[/]",
        _ when text.StartsWith('→') => $"[yellow]{Markup.Escape(text)}[/]",
        _ => Markup.Escape(text),
    });
}

using System.CommandLine;
using System.Text.Json;
using Terse.Hosting;
using Terse.Planning;

namespace Terse.Tests.Planning;

public sealed class PlanCommandTests
{
    [Fact]
    public async Task Json_has_the_figures_with_their_units_in_the_names()
    {
        using var plan = JsonDocument.Parse(await RunAsync("--preset textbook --json"));

        Assert.Equal(182.5e9, plan.RootElement.GetProperty("storage").GetProperty("records").GetDouble());
        Assert.Equal(4, plan.RootElement.GetProperty("ladder").GetProperty("rung").GetProperty("number").GetInt32());
        Assert.True(plan.RootElement.GetProperty("constants").GetProperty("redirectCpuMicroseconds").GetProperty("value").GetDouble() > 0);
    }

    [Fact]
    public async Task Markdown_has_every_section_and_for_the_textbook_its_errata()
    {
        var text = await RunAsync("--preset textbook --markdown");

        Assert.StartsWith("## Rung 4: fleet", text);
        Assert.Contains("1,157/s", text);
        Assert.Contains("16,598.3 TiB", text);
        Assert.Contains("docs/decisions: 0001", text);
        Assert.All(text.Split('\n').Where(line => line.StartsWith('|')), line => Assert.EndsWith("|", line.TrimEnd()));
    }

    [Fact]
    public async Task Table_is_drawn_where_there_is_no_terminal_too()
    {
        var text = await RunAsync("--daily-users 100M --actions-per-user 10 --peak 3");

        Assert.Contains("11,574/s", text);
        Assert.Contains("34,722/s", text);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public async Task Flags_win_over_the_file_and_the_file_over_the_preset()
    {
        var file = await FileAsync("""{ "dailyUsers": "1M", "actions-per-user": 20, "retention": "2y", "hit-rate": 0.9 }""");
        using var plan = JsonDocument.Parse(await RunAsync($"--preset textbook --file {file} --retention 3y --json"));

        Assert.Equal(20e6, plan.RootElement.GetProperty("traffic").GetProperty("redirectsPerDay").GetDouble());
        Assert.Equal(3, plan.RootElement.GetProperty("workload").GetProperty("retentionYears").GetDouble());
        Assert.Equal(0.9, plan.RootElement.GetProperty("workload").GetProperty("hitRate").GetDouble());
        Assert.Equal(500, plan.RootElement.GetProperty("workload").GetProperty("bytesPerRecord").GetDouble());
    }

    [Theory]
    [InlineData("--hit-rate 120%", "--hit-rate takes 0% to 100%, such as 95% or 0.95, not \"120%\".")]
    [InlineData("--retention never", "--retention takes")]
    [InlineData("--preset nosuch", "--preset takes personal, startup, social, textbook")]
    [InlineData("--json --markdown", "--json or --markdown, not both")]
    public void Bad_flag_is_told_with_what_is_legal(string arguments, string message) =>
        Assert.Contains(PlanCommand.Create().Parse(arguments).Errors, error => error.Message.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("""{ "dailyUser": 5 }""", "there is no field \"dailyUser\". Fields: daily-users, ")]
    [InlineData("""{ "hit-rate": 7 }""", "--hit-rate takes 0% to 100%")]
    [InlineData("""{ "new-links": null }""", "--new-links takes")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("{", "is not JSON")]
    public async Task Bad_file_is_told_with_what_is_wrong(string json, string message)
    {
        var file = new FileInfo(await FileAsync(json));

        Assert.Contains(message, Assert.Throws<CommandException>(() => PlanInput.Read(file)).Message);
    }

    [Fact]
    public void Four_numbers_that_contradict_each_other_are_told()
    {
        var workload = new Workload { DailyUsers = 100e6, ActionsPerUser = 10, NewLinksPerDay = 10e6, ReadsPerWrite = 50 };

        Assert.Contains("1 billion redirects a day by users × actions, but 500 million", Assert.Single(workload.Check()));
        Assert.Empty((workload with { ReadsPerWrite = 100 }).Check());
        Assert.Empty((workload with { ReadsPerWrite = null }).Check());
    }

    [Fact]
    public void Half_a_pair_and_nothing_at_all_are_told()
    {
        Assert.Contains("belong together", Assert.Single(new Workload { DailyUsers = 5 }.Check()));
        Assert.Contains("Give daily users", Assert.Single(new Workload().Check()));
    }

    [Fact]
    public async Task Saved_constants_can_be_used_again()
    {
        var file = await FileAsync("");
        await RunAsync($"--preset personal --json --save-constants {file}");
        using var plan = JsonDocument.Parse(await RunAsync($"--preset personal --json --constants {file}"));

        Assert.Equal(Measurements.Committed().BytesPerLink.Value, plan.RootElement.GetProperty("constants").GetProperty("bytesPerLink").GetProperty("value").GetDouble());
    }

    [Fact]
    public void Committed_constants_say_when_where_and_how()
    {
        foreach (var (name, measured) in Measurements.Committed().All)
        {
            Assert.True(measured.Value > 0, name);
            Assert.True(measured.Source.Length > 10 && measured.Machine.Length > 5 && measured.Date.Year >= 2026, name);
        }
    }

    [Fact]
    public void Every_preset_can_be_planned() =>
        Assert.All(WorkloadPresets.All.Values, workload => Assert.NotEmpty(PlanReport.Of(CapacityPlan.For(workload, Measurements.Committed()))));

    private static async Task<string> RunAsync(string arguments)
    {
        using var output = new StringWriter();
        Assert.Equal(0, await PlanCommand.Create().Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output }, TestContext.Current.CancellationToken));
        return output.ToString();
    }

    private static async Task<string> FileAsync(string text)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("terse-plan-test-").FullName, "plan.json");
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }
}

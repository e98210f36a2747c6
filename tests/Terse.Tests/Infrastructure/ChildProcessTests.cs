namespace Terse.Tests.Infrastructure;

public sealed class ChildProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Lines_of_both_streams_are_kept_and_waited_for()
    {
        await using var child = ChildProcess.Start("sh", ["-c", "echo out; echo err >&2; read -r _ < /dev/null; echo \"last $NAME\"; exec sleep 60"], new Dictionary<string, string> { ["NAME"] = "line" });
        Assert.Equal("last line", await child.LineAsync("last", Limit));
        Assert.Equal("err", await child.LineAsync("err", Limit));
        Assert.Equal(("out\nlast line", "err"), (child.Output, child.Errors));
    }

    [Fact]
    public async Task A_line_that_never_comes_fails_with_all_that_was_written()
    {
        await using var child = ChildProcess.Start("sh", ["-c", "echo what it said; exit 3"]);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => child.LineAsync("ready", Limit));
        Assert.Contains("ended with 3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("what it said", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGTERM_can_be_handled_and_kill_9_can_not()
    {
        const string Script = "trap 'echo asked; exit 5' TERM; echo ready; while :; do sleep 0.05; done";
        await using var asked = ChildProcess.Start("sh", ["-c", Script]);
        await asked.LineAsync("ready", Limit);
        asked.Terminate();
        await asked.ExitAsync(Limit);
        Assert.Equal((5, "ready\nasked"), (asked.ExitCode, asked.Output));

        await using var killed = ChildProcess.Start("sh", ["-c", Script]);
        await killed.LineAsync("ready", Limit);
        await killed.KillAsync();
        Assert.Equal((137, "ready"), (killed.ExitCode, killed.Output));
    }

    [Fact]
    public void A_missing_program_is_a_failure_that_says_how_to_get_it()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Programs.Find("no-such-server"));
        Assert.Equal(
            "no-such-server was not found. Run ./build.sh test, which installs what the tests need or says what to install, or set TERSE_TEST_NO_SUCH_SERVER to its path.",
            failure.Message);
        Assert.Contains("./build.sh test", Assert.Throws<InvalidOperationException>(() => Programs.FindInNpm("no-such-package", "x.js")).Message, StringComparison.Ordinal);
    }
}

using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Terse.Clicks;
using Terse.Clicks.Log;
using Terse.Codes;
using Terse.Hosting;
using Terse.Tests.Contracts;
using Terse.Tests.Infrastructure;

namespace Terse.Tests.Clicks;

/// <summary>What happens to a click that cannot be counted.</summary>
public sealed class DeadLetterTests
{
    private static readonly Dictionary<string, string?> OneTry = new() { ["Terse:Clicks:MaxAttempts"] = "1" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Record_that_cannot_be_read_is_set_aside_and_those_around_it_are_counted()
    {
        await using var terse = await TerseInstance.StartAsync(OneTry);
        Append(terse, ARecord.Body("abc"), [1, 2, 3], ARecord.Body("abc"));

        var letter = Assert.Single(await LettersAsync(terse, 1));

        Assert.Contains("3 bytes", letter.Text("reason"), StringComparison.Ordinal);
        Assert.Equal((JsonValueKind.Null, "AQID"), (letter.GetProperty("click").ValueKind, letter.Text("body")));
        await CountedAsync(terse, "abc", 2);
    }

    [Fact]
    public async Task Record_is_tried_again_with_pauses_before_it_is_set_aside()
    {
        await using var terse = await TerseInstance.StartAsync(new() { ["Terse:Clicks:MaxAttempts"] = "3" });
        Append(terse, ARecord.Body("not a code"));

        // The pauses are of the clock that the test turns: each needs its turn.
        var letters = await PollAsync(
            () =>
            {
                terse.Time.Advance(TimeSpan.FromSeconds(1));
                return ListAsync(terse);
            },
            letters => letters.Length > 0);

        Assert.Equal(3, letters[0].GetProperty("attempts").GetInt32());
        Assert.Contains("not a code", letters[0].Text("reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dead_letter_shows_the_visit_without_its_address()
    {
        await using var terse = await TerseInstance.StartAsync(OneTry);
        Append(terse, ARecord.Body(ARecord.Of("not a code") with { Query = "?utm_source=a" }));
        var id = (await LettersAsync(terse, 1))[0].Text("id");

        using var answer = await terse.Admin.GetAsync($"/api/v1/dead-letters/{id}", Cancellation);
        var letter = await answer.JsonAsync();

        Assert.Equal(("redirected", "not a code", ARecord.Firefox), (letter.GetProperty("click").Text("kind"), letter.GetProperty("click").Text("code"), letter.GetProperty("click").Text("userAgent")));
        Assert.True(ClickFormat.TryRead(Convert.FromBase64String(letter.Text("body")), 0, out var click, out _));
        Assert.Null(click.Address);
    }

    [Fact]
    public async Task What_the_store_refuses_is_found_among_the_others()
    {
        var store = new PickyStore();
        await using var terse = await TerseInstance.StartAsync(OneTry, configure: services => services.AddSingleton<IClickStore>(provider => store.Over(provider)));
        Append(terse, ARecord.Body("abc"), ARecord.Body("poison"), ARecord.Body("abc"));

        var letter = Assert.Single(await LettersAsync(terse, 1));

        Assert.Equal("poison", letter.GetProperty("click").Text("code"));
        Assert.Contains("does not like it", letter.Text("reason"), StringComparison.Ordinal);
        await CountedAsync(terse, "abc", 2);
    }

    [Fact]
    public async Task Replayed_dead_letter_is_counted_once_however_often()
    {
        var store = new PickyStore();
        await using var terse = await TerseInstance.StartAsync(OneTry, configure: services => services.AddSingleton<IClickStore>(provider => store.Over(provider)));
        Append(terse, ARecord.Body("poison"), ARecord.Body("abc"));
        var id = (await LettersAsync(terse, 1))[0].Text("id");
        await CountedAsync(terse, "abc", 1);

        store.Likes = true;
        using (var accepted = await terse.Admin.PostAsync($"/api/v1/dead-letters/{id}/replay", null, Cancellation)) Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await CountedAsync(terse, "poison", 1);

        Assert.Empty(await ListAsync(terse));
        using var again = await terse.Admin.PostAsync($"/api/v1/dead-letters/{id}/replay", null, Cancellation);
        await again.ProblemAsync(404, "not-found");
    }

    [Fact]
    public async Task Discarded_dead_letter_is_gone_and_lists_come_in_pages()
    {
        await using var terse = await TerseInstance.StartAsync(OneTry);
        Append(terse, [1], [2], [3]);
        var letters = await LettersAsync(terse, 3);

        using (var gone = await terse.Admin.DeleteAsync($"/api/v1/dead-letters/{letters[0].Text("id")}", Cancellation)) Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using (var again = await terse.Admin.DeleteAsync($"/api/v1/dead-letters/{letters[0].Text("id")}", Cancellation)) await again.ProblemAsync(404, "not-found");
        using var page = await terse.Admin.GetAsync("/api/v1/dead-letters?limit=1", Cancellation);
        var first = await page.JsonAsync();
        using var rest = await terse.Admin.GetAsync($"/api/v1/dead-letters?after={first.Text("next")}", Cancellation);
        var second = await rest.JsonAsync();

        Assert.Equal(
            [letters[1].Text("id"), letters[2].Text("id")],
            first.GetProperty("deadLetters").EnumerateArray().Concat(second.GetProperty("deadLetters").EnumerateArray()).Select(letter => letter.Text("id")));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        using var wrong = await terse.Admin.GetAsync("/api/v1/dead-letters?limit=0", Cancellation);
        await wrong.ProblemAsync(400, "validation-failed");
    }

    [Fact]
    public async Task Only_admins_see_dead_letters()
    {
        await using var terse = await TerseInstance.StartAsync();
        using var answer = await terse.Anonymous.GetAsync("/api/v1/dead-letters", Cancellation);
        await answer.ProblemAsync(401, "unauthorized");
    }

    [Fact]
    public async Task Command_line_lists_shows_replays_and_discards_beside_the_server()
    {
        await using var terse = await TerseInstance.StartAsync(OneTry);
        Append(terse, [1, 2, 3], [4]);
        var letters = await LettersAsync(terse, 2);

        Assert.Equal(0, await RunAsync("dead-letters", "list", "--data", terse.Data));
        Assert.Equal(0, await RunAsync("dead-letters", "show", letters[0].Text("id"), "--data", terse.Data));
        Assert.Equal(0, await RunAsync("dead-letters", "discard", letters[0].Text("id"), "--data", terse.Data));
        Assert.Equal(letters[1].Text("id"), Assert.Single(await ListAsync(terse)).Text("id"));
        Assert.Equal(1, await RunAsync("dead-letters", "show", letters[0].Text("id"), "--data", terse.Data));
        Assert.Equal(0, await RunAsync("dead-letters", "discard", "--all", "--data", terse.Data));
        Assert.Empty(await ListAsync(terse));
        Assert.Equal(1, await RunAsync("dead-letters", "replay", "--data", terse.Data));
    }

    private static Task<int> RunAsync(params string[] arguments) => TerseCommand.Create().Parse(arguments).InvokeAsync(cancellationToken: Cancellation);

    private static void Append(TerseInstance terse, params byte[][] bodies)
    {
        var log = terse.App.Services.GetRequiredService<ClickLog>();
        Assert.All(bodies, body => Assert.True(log.TryAppend(body)));
    }

    private static async Task<JsonElement[]> ListAsync(TerseInstance terse)
    {
        using var answer = await terse.Admin.GetAsync("/api/v1/dead-letters", Cancellation);
        return [.. (await answer.JsonAsync()).GetProperty("deadLetters").EnumerateArray()];
    }

    private static Task<JsonElement[]> LettersAsync(TerseInstance terse, int count) => PollAsync(() => ListAsync(terse), letters => letters.Length >= count);

    private static async Task CountedAsync(TerseInstance terse, string code, long clicks)
    {
        var query = new ClickQuery(ShortCode.Parse(code), AClick.At.AddDays(-1).Date.ToUniversalTime(), AClick.At.AddDays(1).Date.ToUniversalTime());
        var store = terse.App.Services.GetRequiredService<IClickStore>();
        var counted = await PollAsync(
            async () => (await store.ReadSeriesAsync(query, ClickUnit.Day, Cancellation)).Sum(point => point.Counts.Clicks), counted => counted >= clicks);
        Assert.Equal(clicks, counted);
    }

    private static async Task<T> PollAsync<T>(Func<Task<T>> read, Func<T, bool> enough)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation))
        {
            var found = await read();
            if (enough(found)) return found;
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"Still {found} after a minute.");
        }
    }
}

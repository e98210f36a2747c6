using System.Threading.Channels;
using Terse.Clicks;

namespace Terse.Webhooks;

/// <summary>
/// Gathers clicks into events of up to <see cref="MaxClicks"/>, once a second, for webhooks that want them. Clicks are told with what statistics show of them, and nothing
/// that leads to a person. Between the click store and the queue they are in memory only: a kill loses events, never counts.
/// </summary>
internal sealed partial class ClickWebhooks(WebhookOutbox outbox, TimeProvider time, ILogger<ClickWebhooks> log) : BackgroundService, IClickListener
{
    public const int MaxClicks = 100;
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Channel<EnrichedClick> _clicks = Channel.CreateBounded<EnrichedClick>(new BoundedChannelOptions(20_000) { SingleReader = true });
    private volatile bool _wanted;
    private int _shed;

    public void OnWritten(IReadOnlyList<EnrichedClick> clicks)
    {
        if (!_wanted) return;
        foreach (var click in clicks)
            if (click is { Kind: ClickKind.Redirected, Code: not null } && !_clicks.Writer.TryWrite(click)) Interlocked.Increment(ref _shed);
    }

    /// <summary>Publishes what has gathered.</summary>
    public async Task PublishAsync()
    {
        _wanted = await outbox.IsWantedAsync(WebhookEvents.LinkClicked);
        if (Interlocked.Exchange(ref _shed, 0) is > 0 and var shed) Log.Shed(log, shed);
        var events = new List<object>();
        var clicks = new List<object>(MaxClicks);
        while (_clicks.Reader.TryRead(out var click))
        {
            clicks.Add(new
            {
                Code = click.Code!.Value.Value,
                click.At,
                click.IsBot,
                Referrer = Given(click.Referrer),
                Country = Given(click.Country),
                Browser = Given(click.Browser),
                System = Given(click.System),
                Device = Given(click.Device),
                Source = Given(click.Source),
                Medium = Given(click.Medium),
                Campaign = Given(click.Campaign),
            });
            if (clicks.Count < MaxClicks) continue;
            events.Add(new { clicks = clicks.ToArray() });
            clicks.Clear();
        }

        if (clicks.Count > 0) events.Add(new { clicks = clicks.ToArray() });
        if (events.Count > 0) await outbox.PublishAsync(WebhookEvents.LinkClicked, events);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PublishAsync();
            }
            catch (Links.StoreUnavailableException e)
            {
                Log.Postponed(log, e.Message);
            }
        }
    }

    private static string? Given(string text) => text.Length == 0 ? null : text;

    private static partial class Log
    {
        [LoggerMessage(1320, LogLevel.Warning, "{Count} clicks were not told to webhooks: they came faster than they can be queued")]
        public static partial void Shed(ILogger logger, int count);

        [LoggerMessage(1321, LogLevel.Warning, "Clicks wait to be told to webhooks: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);
    }
}

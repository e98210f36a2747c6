using System.Globalization;
using System.Text.Json.Serialization;
using Terse.Clicks.Log;

namespace Terse.Clicks;

/// <summary>A record that no try could work off, with the reason. It holds no address: that is gone once a click leaves the queue, whichever way it leaves.</summary>
/// <param name="Source">The click log that it comes from.</param>
/// <param name="Body">The record as <see cref="ClickFormat"/> writes it; unless it could not be read, without its address.</param>
/// <param name="At">When it was set aside.</param>
internal sealed record DeadLetter(string Source, long Position, byte[] Body, string Reason, int Attempts, DateTimeOffset At)
{
    private const string ReplayPrefix = "dl-";

    /// <summary>Letters, digits and hyphens. The same for the same record, also when a replay fails again.</summary>
    [JsonIgnore]
    public string Id => Source.StartsWith(ReplayPrefix, StringComparison.Ordinal)
        ? Source[ReplayPrefix.Length..]
        : string.Create(CultureInfo.InvariantCulture, $"{Source}-{Position:D19}");

    /// <summary>The source that a replay has.</summary>
    [JsonIgnore]
    public string ReplaySource => ReplayPrefix + Id;

    /// <summary>Of a record of a delivery, to be set aside.</summary>
    public static DeadLetter Of(ClickDelivery delivery, QueuedClick click, string reason, DateTimeOffset now) =>
        new(delivery.Source, click.Position, ClickFormat.WithoutAddress(click.Body.Span), reason, delivery.Attempt, now);

    /// <summary>Whether <paramref name="id"/> can be one: it becomes part of a file's name and of a subject.</summary>
    public static bool IsId(string id) => id.Length is > 0 and <= 64 && !id.AsSpan().ContainsAnyExcept(IdCharacters);

    private static readonly System.Buffers.SearchValues<char> IdCharacters =
        System.Buffers.SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");
}

[JsonSerializable(typeof(DeadLetter))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;

using System.Text;
using Terse.Redirects.Pages;

namespace Terse.Redirects;

/// <summary>One error in both its forms, encoded once.</summary>
internal sealed class ErrorAnswer
{
    public static readonly ErrorAnswer NotFound = new(
        404, "link-not-found", "There is no such link.",
        "No link has this code. Codes differ by case.",
        new("404", "Nothing here", "There is no link at this address. Upper and lower case letters differ, so check how it was written, or ask whoever gave it to you."));

    public static readonly ErrorAnswer Ended = new(
        410, "link-ended", "The link has ended.",
        "It expired, or its owner switched it off.",
        new("410", "This link has ended", "It led somewhere once. It has expired, or its owner has switched it off."));

    public static readonly ErrorAnswer TooManyMisses = new(
        429, "too-many-unknown-codes", "Too many unknown codes.",
        "This address asked for too many codes that do not exist. Wait for as many seconds as Retry-After says.",
        new("429", "Please slow down", "Too many links that do not exist were asked for from your address. Try again in a moment."));

    public static readonly ErrorAnswer Unavailable = new(
        503, "store-unavailable", "The link store cannot be reached.",
        "Whether the link exists cannot be told now. Try again after as many seconds as Retry-After says.",
        new("503", "Back in a moment", "This link cannot be looked up right now. Your link is most likely fine: try again in a few seconds."));

    private ErrorAnswer(int status, string type, string title, string detail, StatusText text)
    {
        Status = status;
        Page = StatusPage.Render(text);
        Problem = Encoding.UTF8.GetBytes(
            $$"""{"type":"https://terse.dev/problems/{{type}}","title":"{{title}}","status":{{status}},"detail":"{{detail}}"}""");
    }

    public int Status { get; }

    public byte[] Page { get; }

    public byte[] Problem { get; }
}

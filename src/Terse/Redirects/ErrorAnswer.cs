using System.Text;
using Terse.Redirects.Pages;

namespace Terse.Redirects;

/// <summary>One error: the words of its page, and the problem, encoded once.</summary>
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

    public static readonly ErrorAnswer TakenDown = new(
        410, "link-taken-down", "The link was taken down.",
        "Those who run this service took the link down for abuse.",
        new("410", "This link was taken down", "Those who run this service found that it led to something harmful or unwanted, and switched it off for your safety."));

    public static readonly ErrorAnswer TakenDownByLaw = new(
        451, "link-taken-down", "The link was taken down on a legal demand.",
        "Those who run this service had to take the link down.",
        new("451", "Unavailable for legal reasons", "Those who run this service had to take this link down because of a legal demand."));

    public static readonly ErrorAnswer NotForPrograms = new(
        403, "visits-are-counted", "The link counts its visits, and programs take none.",
        "A HEAD request, a preview or a known bot does not use up a visit, and is not told the destination. Open the link in a browser.",
        new("1", "A link for people", "This link works for a limited number of visits. Open it in a browser to use one of them."));

    public static readonly ErrorAnswer PasswordNeeded = new(
        401, "link-password-needed", "The link has a password.",
        "Send it in the header X-Link-Password, or open the link in a browser.", StatusText.None);

    public static readonly ErrorAnswer WrongPassword = new(
        403, "link-password-wrong", "That is not the link's password.",
        "Ask whoever gave you the link.", StatusText.None);

    public static readonly ErrorAnswer TooManyGuesses = new(
        429, "too-many-guesses", "Too many passwords were tried.",
        "Wait for as many seconds as Retry-After says.", StatusText.None);

    private ErrorAnswer(int status, string type, string title, string detail, StatusText text)
    {
        Status = status;
        Text = text;
        Problem = Encoding.UTF8.GetBytes(
            $$"""{"type":"https://terse.dev/problems/{{type}}","title":"{{title}}","status":{{status}},"detail":"{{detail}}"}""");
    }

    public int Status { get; }

    /// <summary>What the page says.</summary>
    public StatusText Text { get; }

    public byte[] Problem { get; }
}

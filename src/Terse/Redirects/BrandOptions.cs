using System.ComponentModel.DataAnnotations;

namespace Terse.Redirects;

/// <summary>What visitors see of the operator: on previews, on password, error and home pages. Files are read once, at the start.</summary>
internal sealed class BrandOptions
{
    public const string Section = "Terse:Brand";

    /// <summary>The name at the foot of each page, 1 to 60 characters.</summary>
    [RegularExpression("^[^\\p{C}]{1,60}$", ErrorMessage = "Terse:Brand:Name must be 1 to 60 characters, none of them a control character.")]
    public string Name { get; set; } = "Terse";

    /// <summary>The colour of buttons and marks, as #RRGGBB. Empty: our own, one for light and one for dark.</summary>
    [RegularExpression("^$|^#[0-9A-Fa-f]{6}$", ErrorMessage = "Terse:Brand:Color must be empty, or # and six hexadecimal digits, such as #0B5FFF.")]
    public string Color { get; set; } = "";

    /// <summary>A .svg, .png, .jpg or .webp file of at most 64 KB that stands at the head of each page: it is put into the page itself. Empty: none.</summary>
    public string LogoFile { get; set; } = "";

    /// <summary>An HTML file of your own in place of the page for unknown codes (404). Empty: ours.</summary>
    public string NotFoundFile { get; set; } = "";

    /// <summary>An HTML file of your own in place of the page for links that have ended (410). Empty: ours.</summary>
    public string EndedFile { get; set; } = "";

    /// <summary>Where browsers are sent (302) that ask for an unknown code, in place of the 404 page; programs get their 404. Empty: nowhere.</summary>
    [RegularExpression("^$|^https?://\\S+$", ErrorMessage = "Terse:Brand:FallbackUrl must be empty, or start with https:// or http://.")]
    public string FallbackUrl { get; set; } = "";
}

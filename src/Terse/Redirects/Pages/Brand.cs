using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.Extensions.Options;
using Terse.Hosting;

namespace Terse.Redirects.Pages;

/// <summary>The operator's look, as the pages need it.</summary>
internal sealed class Brand
{
    private const int MaxLogo = 64 * 1024;
    private const int MaxPage = 1024 * 1024;

    /// <summary>Ours, where nobody has another.</summary>
    public static readonly Brand Default = new(new BrandOptions());

    public Brand(IOptions<BrandOptions> options)
        : this(options.Value)
    {
    }

    private Brand(BrandOptions options)
    {
        Name = HtmlEncoder.Default.Encode(options.Name);
        Logo = options.LogoFile.Length == 0 ? "" : $"<img class=\"logo\" src=\"{ReadLogo(options.LogoFile)}\" alt=\"{Name}\">";
        Style = options.Color.Length == 0 ? "" : $":root{{--accent:{options.Color};--on:{(IsDark(options.Color) ? "#fff" : "#000")};--glow:{options.Color}1c}}";
        NotFoundPage = options.NotFoundFile.Length == 0 ? null : Read(options.NotFoundFile, MaxPage, "Terse:Brand:NotFoundFile");
        EndedPage = options.EndedFile.Length == 0 ? null : Read(options.EndedFile, MaxPage, "Terse:Brand:EndedFile");
        FallbackUrl = options.FallbackUrl.Length == 0 ? null : LocationHeader.Encode(options.FallbackUrl);
    }

    /// <summary>As HTML.</summary>
    public string Name { get; }

    /// <summary>As HTML, or empty.</summary>
    public string Logo { get; }

    /// <summary>What follows our own style sheet.</summary>
    public string Style { get; }

    public byte[]? NotFoundPage { get; }

    public byte[]? EndedPage { get; }

    public string? FallbackUrl { get; }

    private static string ReadLogo(string path)
    {
        var type = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".svg" => "image/svg+xml",
            ".png" => "image/png",
            ".jpg" or ".jpeg" => "image/jpeg",
            ".webp" => "image/webp",
            _ => throw new CommandException("Terse:Brand:LogoFile must be a .svg, .png, .jpg or .webp file."),
        };
        return $"data:{type};base64,{Convert.ToBase64String(Read(path, MaxLogo, "Terse:Brand:LogoFile"))}";
    }

    private static byte[] Read(string path, int most, string option)
    {
        try
        {
            return new FileInfo(path).Length <= most ? File.ReadAllBytes(path) : throw new CommandException($"{option} must have at most {most} bytes.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{option} cannot be read: {e.Message}");
        }
    }

    // Relative luminance as WCAG has it: below 0.18 white text is the more legible, above it black.
    private static bool IsDark(string color)
    {
        return 0.2126 * Channel(1) + 0.7152 * Channel(3) + 0.0722 * Channel(5) < 0.18;

        double Channel(int at)
        {
            var value = int.Parse(color.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
    }
}

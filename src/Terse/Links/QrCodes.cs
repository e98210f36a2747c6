using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using QRCoder;
using Terse.Hosting;

namespace Terse.Links;

/// <summary>A link's short URL as a QR code. It is made from the code alone, so it costs no look-up but that the link exists.</summary>
internal static partial class QrCodes
{
    public const int LeastSize = 64;
    public const int MostSize = 4096;
    private const int UsualSize = 512;

    /// <summary>Draws a link's short URL as a QR code with the quiet zone that scanners need.</summary>
    /// <param name="code">The link's code.</param>
    /// <param name="format">svg (default) or png.</param>
    /// <param name="size">Width and height in pixels, 64 to 4,096; 512 by default. A PNG is the largest whole multiple of the code's modules that fits.</param>
    /// <param name="dark">The colour of the modules, six hexadecimal digits; 000000 by default.</param>
    /// <param name="light">The colour of the ground, six hexadecimal digits; ffffff by default.</param>
    [ProducesResponseType<byte[]>(200, "image/svg+xml", "image/png")]
    [ProducesResponseType<ProblemDetails>(400, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(404, "application/problem+json")]
    public static async Task<IResult> DrawAsync(
        string code, HttpContext context, ILinkStore links, OwnAddresses own, string? format, int? size, string? dark, string? light, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (format is not (null or "svg" or "png")) errors.Add("format", "The format is svg or png.");
        if (size is < LeastSize or > MostSize) errors.Add("size", $"The size is {LeastSize} to {MostSize} pixels.");
        if (dark is not null && !Colour().IsMatch(dark)) errors.Add("dark", "A colour is six hexadecimal digits, such as 1a2b3c.");
        if (light is not null && !Colour().IsMatch(light)) errors.Add("light", "A colour is six hexadecimal digits, such as ffffff.");
        if (errors.Any) return Problems.ValidationFailed(errors.ToDictionary());
        if (await links.FindAsync(code, context.User.AsLinkCaller(), cancellationToken) is not { } link) return Problems.LinkNotFound(code);

        context.Response.Headers.CacheControl = "private, max-age=300";
        var text = $"{own.Base(context.Request)}/{link.Code}";
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        return format == "png"
            ? TypedResults.Bytes(Png(data, size ?? UsualSize, dark ?? "000000", light ?? "ffffff"), "image/png")
            : TypedResults.Bytes(System.Text.Encoding.UTF8.GetBytes(Svg(data, size ?? UsualSize, dark ?? "000000", light ?? "ffffff")), "image/svg+xml");
    }

    private static byte[] Png(QRCodeData data, int size, string dark, string light)
    {
        using var code = new PngByteQRCode(data);
        return code.GetGraphic(Math.Max(1, size / data.ModuleMatrix.Count), Convert.FromHexString(dark), Convert.FromHexString(light));
    }

    // One path of one-unit rows: a picture of 2 KB that scales without seams.
    private static string Svg(QRCodeData data, int size, string dark, string light)
    {
        var modules = data.ModuleMatrix;
        var path = new System.Text.StringBuilder();
        for (var y = 0; y < modules.Count; y++)
        {
            for (var x = 0; x < modules.Count; x++)
            {
                if (!modules[y][x]) continue;
                var start = x;
                while (x + 1 < modules.Count && modules[y][x + 1]) x++;
                path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start + 1}v1h-{x - start + 1}z");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {modules.Count} {modules.Count}" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#{light}"/><path fill="#{dark}" d="{path}"/></svg>
            """);
    }

    [GeneratedRegex("^[0-9A-Fa-f]{6}$")]
    private static partial Regex Colour();
}

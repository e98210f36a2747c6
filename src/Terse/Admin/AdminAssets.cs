using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Terse.Admin;

/// <summary>
/// The dashboard's own style sheet, scripts and pictures. They lie inside the program, so they are there however it is started, and under an
/// address that names their content, so browsers keep them for ever and never keep a wrong one.
/// </summary>
internal static class AdminAssets
{
    private const string Prefix = "admin/";
    private static readonly FrozenDictionary<string, Asset> All = Load();

    /// <summary>What the address of every asset starts with; changes when any of them does.</summary>
    public static readonly string Base = $"/admin/assets/{VersionOf(All)}";

    public static string Url(string name) => All.ContainsKey(name) ? $"{Base}/{name}" : throw new ArgumentException($"There is no asset {name}.", nameof(name));

    public static void MapAssets(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/admin/assets/{version}/{name}", SendAsync).ExcludeFromDescription();

    private static async Task SendAsync(string version, string name, HttpContext context)
    {
        if (!All.TryGetValue(name, out var asset))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var headers = context.Response.Headers;
        headers.CacheControl = Base.EndsWith(version, StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Remove("Pragma");
        headers.Vary = "Accept-Encoding";
        context.Response.ContentType = asset.Type;
        var packed = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal);
        if (packed) headers.ContentEncoding = "br";
        var body = packed ? asset.Packed.Value : asset.Content;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static FrozenDictionary<string, Asset> Load()
    {
        var assembly = typeof(AdminAssets).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(name => name[Prefix.Length..], name =>
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return new Asset(content, TypeOf(Path.GetExtension(name)), new(() => Pack(content)));
        });
    }

    private static string TypeOf(string extension) => extension switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Optimal)) brotli.Write(content);
        return packed.ToArray();
    }

    private static string VersionOf(FrozenDictionary<string, Asset> assets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, asset) in assets.OrderBy(asset => asset.Key, StringComparer.Ordinal)) hash.AppendData(asset.Content);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    private sealed record Asset(byte[] Content, string Type, Lazy<byte[]> Packed);
}

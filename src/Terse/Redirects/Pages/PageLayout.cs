using System.Security.Cryptography;
using System.Text;

namespace Terse.Redirects.Pages;

/// <summary>
/// The frame of every page that visitors of short links see. No script, no image file, no request beyond the page itself: its one style sheet is
/// inline, and the content security policy names that style sheet by its hash and forbids everything else.
/// </summary>
internal sealed class PageLayout
{
    public const string ContentType = "text/html; charset=utf-8";

    private const string Style = """
        :root{color-scheme:light dark;--ink:#15171c;--soft:#4f5663;--faint:#626977;--paper:#f6f5f2;--card:#fff;--line:#e5e1d9;--edge:#8c8a86;--accent:#3350f0;--on:#fff;--glow:rgba(51,80,240,.09)}
        @media(prefers-color-scheme:dark){:root{--ink:#eceef2;--soft:#aab1be;--faint:#8d95a4;--paper:#0e1014;--card:#16191f;--line:#262b34;--edge:#626a78;--accent:#93a4ff;--on:#0d1020;--glow:rgba(147,164,255,.13)}}
        *{box-sizing:border-box;margin:0}
        body{min-height:100vh;min-height:100svh;display:grid;grid-template:1fr auto/minmax(0,1fr);overflow-wrap:anywhere;place-items:center;padding:24px;color:var(--ink);background:radial-gradient(60rem 40rem at 50% -10rem,var(--glow),transparent),var(--paper);font:16px/1.6 Inter,ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;-webkit-font-smoothing:antialiased}
        main{width:100%;max-width:34rem;padding:44px 40px 40px;background:var(--card);border:1px solid var(--line);border-radius:20px;box-shadow:0 1px 2px rgba(0,0,0,.04),0 24px 60px -24px rgba(0,0,0,.18)}
        .mark{display:inline-block;max-width:100%;padding:3px 11px;border-radius:99px;background:var(--glow);color:color-mix(in srgb,var(--accent) 55%,var(--ink));font:600 13px/1.6 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;letter-spacing:.04em}
        h1{margin:18px 0 10px;font-size:clamp(1.6rem,5vw,2.05rem);line-height:1.18;letter-spacing:-.022em;font-weight:680;overflow-wrap:anywhere;text-wrap:balance}
        p{color:var(--soft);text-wrap:pretty}
        .url{display:block;margin:22px 0 0;padding:16px 18px;border:1px solid var(--line);border-radius:12px;background:var(--paper);color:var(--soft);font:14px/1.65 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere;max-height:12.5rem;overflow-y:auto}
        .url b{color:var(--ink);font-weight:650}
        dl{display:flex;flex-wrap:wrap;gap:6px 32px;margin:20px 0 0;font-size:14px}
        dt{color:var(--faint)}dd{font-variant-numeric:tabular-nums}
        .go{display:block;margin:28px 0 0;padding:13px 20px;border-radius:12px;background:var(--accent);color:var(--on);font-weight:620;text-align:center;text-decoration:none;overflow-wrap:anywhere;transition:filter .15s}
        .go:hover{filter:brightness(1.08)}.go:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
        .note{margin:14px 0 0;font-size:13px;color:var(--faint);text-align:center}
        label{display:block;margin:24px 0 6px;font-size:14px;color:var(--soft)}
        input,select,textarea{width:100%;padding:12px 14px;border:1px solid var(--edge);border-radius:12px;background:var(--paper);color:var(--ink);font:inherit}
        input:focus-visible,select:focus-visible,textarea:focus-visible{outline:3px solid var(--accent);outline-offset:1px}
        button.go{width:100%;border:0;font:inherit;font-weight:620;cursor:pointer}
        .go.second{background:none;border:1px solid var(--edge);color:var(--ink)}
        .logo{display:block;max-height:48px;max-width:60%;margin:0 0 22px}
        details{margin:22px 0 0;font-size:14px;color:var(--soft)}summary{cursor:pointer}textarea{min-height:5rem}.trap{display:none}
        .wrong{margin:18px 0 0;padding:10px 14px;border-radius:12px;background:var(--glow);color:var(--ink)}
        footer{padding:28px 0 4px;color:var(--faint);font-size:13px;letter-spacing:.02em}
        @media(max-width:30rem){main{padding:32px 24px 28px}}
        """;

    private readonly Brand _brand;
    private readonly string _style;

    public PageLayout(Brand brand)
    {
        _brand = brand;
        _style = Style + brand.Style;
        var common = $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(_style)))}'; "
            + "img-src data:; base-uri 'none'; frame-ancestors 'none'";
        ContentSecurityPolicy = common + "; form-action 'none'";
        OwnFormPolicy = common + "; form-action 'self'";
        AnyFormPolicy = common;
    }

    /// <summary>Ours, for where no operator's brand is known.</summary>
    public static PageLayout Default { get; } = new(Brand.Default);

    public string ContentSecurityPolicy { get; }

    /// <summary>The operator's name, as HTML.</summary>
    public string Name => _brand.Name;

    /// <summary>For pages whose form is answered here.</summary>
    public string OwnFormPolicy { get; }

    /// <summary>
    /// Browsers hold the answer of a form to <c>form-action</c> too: naming targets there would stop the redirect to the destination, or reveal it
    /// before the password is given. The page that this is for holds no text of the link's owner.
    /// </summary>
    public string AnyFormPolicy { get; }

    /// <param name="title">The page's title, as HTML.</param>
    /// <param name="main">The content, as HTML.</param>
    public byte[] Render(string title, string main) => Encoding.UTF8.GetBytes($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>{title}</title>
        <link rel="icon" href="data:,">
        <style>{_style}</style>
        </head>
        <body>
        <main>
        {_brand.Logo}{main}
        </main>
        <footer>{_brand.Name}</footer>
        </body>
        </html>

        """);
}

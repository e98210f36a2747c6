using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Terse.Tests.Gateway;

/// <summary>Nodes n0, n1, … that tell their names.</summary>
internal sealed class Fleet(EchoNode[] nodes) : IAsyncDisposable
{
    public EchoNode[] Nodes => nodes;

    public Uri[] Urls => [.. nodes.Select(node => node.Url)];

    public static async Task<Fleet> StartAsync(int count) => new(await Task.WhenAll(Enumerable.Range(0, count).Select(i => EchoNode.StartAsync($"n{i}"))));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.DisposeAsync();
    }
}

/// <summary>A certificate signed by itself, and its key, as PEM files that go with it.</summary>
internal sealed class CertificateFiles : IDisposable
{
    public const string Host = "sho.rt";

    private readonly string _folder = Directory.CreateTempSubdirectory("terse-certificate-").FullName;

    public CertificateFiles()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
    }

    public string Path => System.IO.Path.Combine(_folder, "certificate.pem");

    public string KeyPath => System.IO.Path.Combine(_folder, "key.pem");

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Terse.Tests.Infrastructure;
using Terse.Tests.Redirects;

namespace Terse.Tests.Adapters.Redis;

/// <summary>A Redis that takes TLS and a password alone. Whether it is reached shows by limits that are counted there and refuse when they cannot be asked.</summary>
[NeedsServers]
public sealed class RedisSecurityTests : IAsyncLifetime
{
    private const string Password = "open sesame";

    private readonly DirectoryInfo _certificates = Directory.CreateTempSubdirectory("terse-certificate-");
    private ServerProcess _redis = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Authority => Path.Combine(_certificates.FullName, "authority.pem");

    public async ValueTask InitializeAsync()
    {
        var (certificate, key) = WriteCertificates();
        _redis = await ServerProcess.StartAsync(
            Programs.Find("redis-server"),
            (port, folder) =>
            [
                "--bind", "127.0.0.1", "--port", "0", "--tls-port", $"{port}", "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", Authority,
                "--tls-auth-clients", "no", "--requirepass", Password, "--dir", folder, "--save", "", "--appendonly", "no",
            ],
            "Ready to accept connections");
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        _certificates.Delete(recursive: true);
    }

    [Fact]
    public async Task Redis_with_a_password_and_TLS_serves_a_node_that_has_both_and_no_other()
    {
        await using (var right = await StartAsync(Password, tls: true, Authority)) await Eventually.TrueAsync(async () => await StatusAsync(right) == 200);
        foreach (var (password, tls, authority) in new[] { ("wrong", true, Authority), (Password, false, Authority), (Password, true, "") })
        {
            await using var wrong = await StartAsync(password, tls, authority);
            for (var attempt = 0; attempt < 20; attempt++)
            {
                Assert.Equal(503, await StatusAsync(wrong));
                wrong.Time.Advance(TimeSpan.FromSeconds(2));
            }

            // A link that nobody has is told so all the same.
            using var missing = await wrong.Anonymous.GetAsync("/nothing", Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        }
    }

    [Fact]
    public async Task A_password_is_not_in_the_logs()
    {
        await using var wrong = await StartAsync("a-wrong-secret", tls: true, Authority);
        Assert.Equal(503, await StatusAsync(wrong));
        Assert.DoesNotContain("a-wrong-secret", TestContext.Current.TestOutputHelper!.Output, StringComparison.Ordinal);
    }

    private Task<TerseInstance> StartAsync(string password, bool tls, string authority) => TerseInstance.StartAsync(new()
    {
        ["Terse:Redis:Endpoints"] = $"127.0.0.1:{_redis.Port}",
        ["Terse:Redis:Password"] = password,
        ["Terse:Redis:Tls"] = $"{tls}",
        ["Terse:Redis:Authority"] = authority,
        ["Terse:RateLimits:Store"] = "Redis",
        ["Terse:RateLimits:OnFailure"] = "Closed",
        ["Terse:RateLimits:PerIp"] = "FixedWindow 1000/1h",
    });

    private static async Task<int> StatusAsync(TerseInstance node)
    {
        using var response = await node.Admin.GetAsync("/api/v1/links", Cancellation);
        return (int)response.StatusCode;
    }

    private (string Certificate, string Key) WriteCertificates()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=Terse test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=redis", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, now.AddHours(-1), now.AddHours(1), [1, 2, 3, 4]);

        var paths = (Path.Combine(_certificates.FullName, "redis.pem"), Path.Combine(_certificates.FullName, "redis.key"));
        File.WriteAllText(Authority, authority.ExportCertificatePem());
        File.WriteAllText(paths.Item1, certificate.ExportCertificatePem());
        File.WriteAllText(paths.Item2, key.ExportPkcs8PrivateKeyPem());
        return paths;
    }
}

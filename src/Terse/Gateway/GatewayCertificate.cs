using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using Terse.Hosting;

namespace Terse.Gateway;

/// <summary>The certificate for https addresses. Renewed files are noticed within a minute, without a restart; one that cannot be read is not taken.</summary>
internal sealed partial class GatewayCertificate(IOptions<GatewayOptions> options, TimeProvider time, ILogger<GatewayCertificate> log)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly GatewayOptions _options = options.Value;
    private X509Certificate2? _current;
    private DateTime _written;
    private long _lookedAt;

    /// <exception cref="CommandException">The files cannot be read at the start.</exception>
    public void LoadFirst()
    {
        try
        {
            (_current, _written, _lookedAt) = (Load(), File.GetLastWriteTimeUtc(_options.Certificate), time.GetTimestamp());
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException)
        {
            throw new CommandException($"The certificate {_options.Certificate} cannot be read: {e.Message} Set Terse:Gateway:Certificate to a PEM file, with its key there or in Terse:Gateway:CertificateKey, or to a PFX file.");
        }
    }

    public X509Certificate2? Current()
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_lookedAt) < LookEvery) return _current;
            _lookedAt = time.GetTimestamp();
            try
            {
                var written = File.GetLastWriteTimeUtc(_options.Certificate);
                if (written == _written) return _current;

                // The old one is left to the garbage collector: handshakes may still use it.
                (_current, _written) = (Load(), written);
                Log.Renewed(log, _current.NotAfter);
            }
            catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException)
            {
                Log.NotRenewed(log, e.Message);
            }

            return _current;
        }
    }

    private X509Certificate2 Load()
    {
        if (X509Certificate2.GetCertContentType(_options.Certificate) == X509ContentType.Pfx)
            return X509CertificateLoader.LoadPkcs12FromFile(_options.Certificate, null);

        // Through PKCS #12, since a key that is only in memory does not serve on every system.
        using var pem = X509Certificate2.CreateFromPemFile(_options.Certificate, _options.CertificateKey.Length > 0 ? _options.CertificateKey : null);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static partial class Log
    {
        [LoggerMessage(6010, LogLevel.Information, "The certificate was renewed; it ends at {NotAfter:u}")]
        public static partial void Renewed(ILogger logger, DateTime notAfter);

        [LoggerMessage(6011, LogLevel.Error, "The renewed certificate cannot be read, the old one stays: {Reason}")]
        public static partial void NotRenewed(ILogger logger, string reason);
    }
}

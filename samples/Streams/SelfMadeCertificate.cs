using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Streams;

/// <summary>A certificate that nobody has signed.</summary>
internal static class SelfMadeCertificate
{
    public static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}

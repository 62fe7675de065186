using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Toe.Core.Tests.Scripted;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.Core.Tests.Http;

/// <summary>What the tests of <see cref="HttpClient"/> share: a stack with or without a fabric of its own, clients over it, and a certificate.</summary>
internal static class HttpBench
{
    /// <summary>Where connections run in the row.</summary>
    public static string? AdapterOf(bool fabric) => fabric ? "emulated:fabric" : null;

    public static StackBench Start(bool fabric, LinkFaults? faults = null) => StackBench.Create(
        [], fabric ? [new EmulatedProvider([new EmulatedFabricOptions { Fabric = new Fabric(), Faults = faults }])] : [], [],
        static services => services.AddSingleton(TimeProvider.System));

    public static HttpClient Client(IToeStack stack, Action<SocketsHttpHandler>? configure = null, ToeMode? mode = null)
    {
        var handler = new SocketsHttpHandler { UseProxy = false }.UseToe(stack, mode);
        configure?.Invoke(handler);
        return new HttpClient(handler);
    }

    /// <summary>A certificate for localhost, signed by itself.</summary>
    public static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    /// <summary>Makes the handler trust this certificate and no other.</summary>
    public static void Trust(this SocketsHttpHandler handler, X509Certificate2 certificate) =>
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString();
}

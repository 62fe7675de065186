using System.Security.Cryptography;
using Toe.Core.Tests.Configuration;

namespace Toe.Core.Tests.Firmware;

/// <summary>A catalogue in a folder of its own, and the key that may sign it.</summary>
internal sealed class SignedCatalogue : IDisposable
{
    public const string First =
        """{ "format": 1, "adapters": [ { "provider": "acme", "model": "*", "source": "s", "minimum": "1.0" } ] }""";
    public const string Second =
        """{ "format": 1, "adapters": [ { "provider": "acme", "model": "*", "source": "s", "minimum": "2.0" } ] }""";
    private const string Name = "catalogue.json";
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TempFolder Folder { get; } = new();

    public string Path => Folder.File(Name);

    public string Pem => _key.ExportSubjectPublicKeyInfoPem();

    public string Base64Key => Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo());

    public byte[] Sign(string content) =>
        _key.SignData(System.Text.Encoding.UTF8.GetBytes(content), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>The signature first, as a careful replacement goes.</summary>
    public void Put(string content, byte[]? signature = null)
    {
        File.WriteAllBytes(Path + ".sig", signature ?? Sign(content));
        Folder.ReplaceByRename(Name, content);
    }

    public ToeOptions Options(params string[] keys)
    {
        var options = new ToeOptions();
        options.Firmware.Catalogue = Path;
        foreach (var key in keys.Length == 0 ? [Pem] : keys)
            options.Firmware.TrustedKeys.Add(key);
        return options;
    }

    public void Dispose()
    {
        _key.Dispose();
        Folder.Dispose();
    }
}

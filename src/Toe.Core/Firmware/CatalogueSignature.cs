using System.Security.Cryptography;
using System.Text;

namespace Toe.Firmware;

/// <summary>Detached signatures: ECDSA P-256 with SHA-256 over the file's bytes, DER (RFC 3279), raw or as base64. <c>openssl dgst -sha256
/// -sign</c> makes them.</summary>
internal static class CatalogueSignature
{
    private const byte DerSequence = 0x30;

    /// <summary>True when one of the keys made the signature. Never throws for wrong bytes.</summary>
    /// <param name="content">The signed bytes.</param>
    /// <param name="signature">The <c>.sig</c> file's content.</param>
    /// <param name="keys">Trusted keys that <see cref="TrustedKey"/> can read; others are passed over.</param>
    public static bool IsValid(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature, IEnumerable<string> keys)
    {
        var der = Decode(signature);
        if (der is null)
            return false;
        foreach (var text in keys)
        {
            if (!TrustedKey.TryImport(text, out var key, out _))
                continue;
            using (key)
            {
                try
                {
                    if (key.VerifyData(content, der, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
                        return true;
                }
                catch (CryptographicException)
                {
                    // Not a signature at all.
                }
            }
        }

        return false;
    }

    // Base64 of DER begins with 'M'; raw DER begins with the sequence's tag.
    private static byte[]? Decode(ReadOnlySpan<byte> signature)
    {
        if (signature.IsEmpty || signature[0] == DerSequence)
            return signature.ToArray();
        var text = Encoding.ASCII.GetString(signature);
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var length) ? buffer[..length] : null;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Toe.Firmware;

/// <summary>Reads the public keys that may sign a catalogue.</summary>
internal static class TrustedKey
{
    private const string Label = "PUBLIC KEY";
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string P256Name = "nistP256";

    /// <summary>Reads PEM or base64 SubjectPublicKeyInfo. Messages never repeat the key's text: it might be a private one.</summary>
    /// <param name="text">The key.</param>
    /// <param name="key">The key; the caller disposes it.</param>
    /// <param name="error">What is wrong, for people; null when nothing is.</param>
    public static bool TryImport(string? text, [NotNullWhen(true)] out ECDsa? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        if (!TryDecode(text ?? "", out var info, out error))
            return false;
        var candidate = ECDsa.Create();
        try
        {
            candidate.ImportSubjectPublicKeyInfo(info, out var read);
            var curve = candidate.ExportParameters(includePrivateParameters: false).Curve.Oid;
            if (read != info.Length || (curve?.Value ?? curve?.FriendlyName) is not (P256 or P256Name))
            {
                error = "is not a public key on the curve P-256";
                return false;
            }

            (key, candidate) = (candidate, null);
            return true;
        }
        catch (CryptographicException)
        {
            error = "is not an ECDSA public key (SubjectPublicKeyInfo)";
            return false;
        }
        finally
        {
            candidate?.Dispose();
        }
    }

    private static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? info, [NotNullWhen(false)] out string? error)
    {
        info = null;
        error = null;
        if (PemEncoding.TryFind(text, out var fields))
        {
            if (!text.AsSpan()[fields.Label].SequenceEqual(Label))
            {
                error = $"is PEM of another kind than '{Label}'";
                return false;
            }

            text = text[fields.Base64Data];
        }

        var buffer = new byte[text.Length];
        if (text.Length == 0 || !Convert.TryFromBase64String(text, buffer, out var length))
        {
            error = $"is neither PEM ('{Label}') nor base64";
            return false;
        }

        info = buffer[..length];
        return true;
    }
}

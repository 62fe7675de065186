using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Toe.Firmware;

namespace Toe.Core.Tests.Firmware;

public sealed class CatalogueSignatureTests : IDisposable
{
    private readonly SignedCatalogue _catalogue = new();

    public void Dispose() => _catalogue.Dispose();

    [Fact]
    public void Accepts_raw_der_and_base64_by_pem_and_base64_keys()
    {
        var der = _catalogue.Sign(SignedCatalogue.First);
        var base64 = Encoding.ASCII.GetBytes(Convert.ToBase64String(der, Base64FormattingOptions.InsertLineBreaks) + "\n");
        foreach (var key in new[] { _catalogue.Pem, _catalogue.Base64Key })
        {
            Assert.True(IsValid(der, key));
            Assert.True(IsValid(base64, key));
        }

        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.True(IsValid(der, other.ExportSubjectPublicKeyInfoPem(), _catalogue.Pem));
        Assert.False(IsValid(der, other.ExportSubjectPublicKeyInfoPem()));
        Assert.False(IsValid(der));
    }

    [Fact, Trait("Requirement", "TOE-CIRC-007")]
    public void Refuses_any_changed_byte() => Gen.Select(Gen.Int[0, SignedCatalogue.First.Length - 1], Gen.Byte[1, 255]).Sample(
        (at, change) =>
        {
            var content = Encoding.UTF8.GetBytes(SignedCatalogue.First);
            content[at] ^= change;
            return !CatalogueSignature.IsValid(content, _catalogue.Sign(SignedCatalogue.First), [_catalogue.Pem]);
        },
        iter: 50);

    [Fact]
    public void Refuses_any_bytes_that_are_not_its_signature() =>
        Gen.OneOf(Gen.Byte.Array, Gen.String.Select(Encoding.UTF8.GetBytes), Gen.Byte.Array.Select(bytes => (byte[])[0x30, .. bytes]))
            .Sample(signature => !IsValid(signature, _catalogue.Pem), iter: 200);

    [Fact]
    public void Keys_of_other_kinds_are_refused_by_name()
    {
        using var rsa = RSA.Create(2048);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal("is not an ECDSA public key (SubjectPublicKeyInfo)", Error(rsa.ExportSubjectPublicKeyInfoPem()));
        Assert.Equal("is not a public key on the curve P-256", Error(p384.ExportSubjectPublicKeyInfoPem()));
        Assert.Equal("is PEM of another kind than 'PUBLIC KEY'", Error(p256.ExportPkcs8PrivateKeyPem()));
        Assert.Equal("is not an ECDSA public key (SubjectPublicKeyInfo)", Error(Convert.ToBase64String(p256.ExportPkcs8PrivateKey())));
        Assert.Equal("is neither PEM ('PUBLIC KEY') nor base64", Error("not a key"));
        Assert.Equal("is neither PEM ('PUBLIC KEY') nor base64", Error(""));
        Assert.Equal("is neither PEM ('PUBLIC KEY') nor base64", Error(null));
        Assert.Equal(
            "is not a public key on the curve P-256", Error(Convert.ToBase64String([.. p256.ExportSubjectPublicKeyInfo(), 0])));
    }

    [Fact]
    public void Reading_keys_is_total() => Gen.OneOf(Gen.String, Gen.Byte.Array.Select(Convert.ToBase64String)).Sample(
        text =>
        {
            var read = TrustedKey.TryImport(text, out var key, out var error);
            key?.Dispose();
            return read ? error is null : !string.IsNullOrEmpty(error);
        });

    private static string? Error(string? text)
    {
        Assert.False(TrustedKey.TryImport(text, out _, out var error));
        return error;
    }

    private static bool IsValid(byte[] signature, params string[] keys) =>
        CatalogueSignature.IsValid(Encoding.UTF8.GetBytes(SignedCatalogue.First), signature, keys);
}

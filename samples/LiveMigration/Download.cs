using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Toe;

namespace LiveMigration;

/// <summary>Answers one HTTP request with a gibibyte of random bytes, as any server would: it does not know where its connection runs.</summary>
internal static class Download
{
    public const long Length = 1L << 30;

    private const int PieceLength = 256 * 1024;

    /// <summary>Sends the answer.</summary>
    /// <returns>The SHA-256 of the body.</returns>
    public static async Task<string> SendAsync(ToeConnection connection, CancellationToken cancellationToken)
    {
        var stream = connection.AsStream();
        using var request = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        while (await request.ReadLineAsync(cancellationToken) is { Length: > 0 })
        {
            // The request's head; its content does not matter here.
        }

        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\nConnection: close\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[PieceLength];
        for (var sent = 0L; sent < Length; sent += PieceLength)
        {
            Random.Shared.NextBytes(piece);
            hash.AppendData(piece);
            await stream.WriteAsync(piece, cancellationToken);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

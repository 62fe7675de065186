using System.Buffers;

namespace Toe;

/// <summary>Reads files that people write; a size that no person writes is an error.</summary>
internal static class SmallFile
{
    /// <summary>1 MiB.</summary>
    public const int Limit = 1 << 20;

    /// <summary>The whole content, read once.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The bytes; null when there is no such file or folder.</returns>
    /// <exception cref="IOException">It cannot be read, or is larger than <see cref="Limit"/>.</exception>
    public static byte[]? Read(string path)
    {
        byte[]? buffer = null; // Rented only for a file that is there: what watches for one looks often.
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            buffer = ArrayPool<byte>.Shared.Rent(Limit + 1);
            var length = file.ReadAtLeast(buffer.AsSpan(0, Limit + 1), Limit + 1, throwOnEndOfStream: false);
            return length <= Limit
                ? buffer[..length]
                : throw new IOException(FormattableString.Invariant($"'{path}' is larger than {Limit} bytes"));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new IOException($"'{path}' cannot be read: {error.Message}", error);
        }
        finally
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

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
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var bytes = new byte[Limit + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= Limit
                ? bytes[..length]
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
    }
}

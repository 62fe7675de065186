using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Toe.Linux.Live;

/// <summary>Reads files of the machine by the C library, which says why not by its error number.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class LiveFiles
{
    private const int LongestPath = 4096; // PATH_MAX, linux/limits.h
    private const int FirstBuffer = 4096;

    public static HostAnswer<byte[]> Read(string path, int limit)
    {
        if (Refuse(path) is var refusal and not 0)
            return HostAnswers.Failed<byte[]>(refusal);
        // A pipe or a device among the files must not hold the reader.
        using var file = new FileDescriptor(Libc.open(path, Libc.OpenCloseOnExec | Libc.OpenNonBlocking, 0));
        if (file.IsInvalid)
            return HostAnswers.Failed<byte[]>(Marshal.GetLastPInvokeError());
        var content = new byte[Math.Min(FirstBuffer, limit + 1L)];
        var length = 0;
        while (true)
        {
            if (length == content.Length)
            {
                if (length > limit)
                    return HostAnswers.Failed<byte[]>(ErrorNumber.FileTooBig);
                Array.Resize(ref content, (int)Math.Min(Math.Min((long)length * 2, (long)limit + 1), Array.MaxLength));
            }

            nint read;
            fixed (byte* bytes = content)
                read = Libc.read(file, bytes + length, (nuint)(content.Length - length));
            if (read == 0)
                return length > limit ? HostAnswers.Failed<byte[]>(ErrorNumber.FileTooBig) : HostAnswers.Found(content[..length]);
            if (read > 0)
                length += (int)read;
            else if (Marshal.GetLastPInvokeError() is var error && error != ErrorNumber.Interrupted)
                return HostAnswers.Failed<byte[]>(error);
        }
    }

    public static HostAnswer<string> ReadLink(string path)
    {
        if (Refuse(path) is var refusal and not 0)
            return HostAnswers.Failed<string>(refusal);
        var buffer = stackalloc byte[LongestPath];
        var length = Libc.readlink(path, buffer, LongestPath);
        return length < 0
            ? HostAnswers.Failed<string>(Marshal.GetLastPInvokeError())
            : HostAnswers.Found(Encoding.UTF8.GetString(buffer, (int)length));
    }

    public static HostAnswer<IReadOnlyList<string>> List(string path)
    {
        if (Refuse(path) is var refusal and not 0)
            return HostAnswers.Failed<IReadOnlyList<string>>(refusal);
        try
        {
            var names = new List<string>();
            foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
            {
                if (names.Count == HostLimits.DirectoryEntries)
                    return HostAnswers.Failed<IReadOnlyList<string>>(ErrorNumber.FileTooBig);
                names.Add(entry.Name);
            }

            names.Sort(StringComparer.Ordinal);
            return HostAnswers.Found<IReadOnlyList<string>>(names);
        }
        catch (DirectoryNotFoundException)
        {
            return HostAnswers.Failed<IReadOnlyList<string>>(File.Exists(path) ? ErrorNumber.NotDirectory : ErrorNumber.NoEntry);
        }
        catch (UnauthorizedAccessException)
        {
            return HostAnswers.Failed<IReadOnlyList<string>>(ErrorNumber.AccessDenied);
        }
        catch (IOException exception)
        {
            // .NET's own words for a path that is no directory have no error number of the system's.
            return HostAnswers.Failed<IReadOnlyList<string>>(File.Exists(path) ? ErrorNumber.NotDirectory : ErrorNumber.InputOutput, exception.Message);
        }
    }

    private static int Refuse(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Length == 0 || path[0] != '/' || path.Contains('\0', StringComparison.Ordinal) ? ErrorNumber.NoEntry
            : Encoding.UTF8.GetByteCount(path) >= LongestPath ? ErrorNumber.NameTooLong : 0;
    }
}

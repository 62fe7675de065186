using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>Who owns a file: what .NET does not tell.</summary>
[SupportedOSPlatform("linux")]
public static unsafe partial class FileOwner
{
    private const int CurrentDirectory = -100; // AT_FDCWD, linux/fcntl.h
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint WantUser = 0x8; // STATX_UID, linux/stat.h
    private const int Length = 256; // sizeof(struct statx)
    private const int UserAt = 20; // stx_uid

    /// <summary>The user that this process acts as.</summary>
    public static uint CurrentUser => geteuid();

    /// <summary>The user that owns a file or folder; of a link, the link's own.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="LinuxException">The file does not exist or cannot be asked about.</exception>
    public static uint UserOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var status = stackalloc byte[Length];
        return statx(CurrentDirectory, path, NoFollow, WantUser, status) == 0
            ? *(uint*)(status + UserAt)
            : throw LinuxException.Last(path);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}

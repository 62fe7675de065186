using System.Globalization;

namespace Toe.Diagnostics;

/// <summary>Where the processes of this machine that use the SDK can be asked: <c>TOE_RUNTIME_DIR</c>, else <c>/run/toe</c> if writable, else <c>XDG_RUNTIME_DIR/toe</c>, else <c>toe-UID</c> in the temporary folder.</summary>
internal static class RuntimeDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder for this process's endpoint, made if need be.</summary>
    /// <exception cref="IOException">No folder can be used; the message says why.</exception>
    public static string Prepare()
    {
        if (Environment.GetEnvironmentVariable("TOE_RUNTIME_DIR") is { Length: > 0 } chosen)
            return Directory.CreateDirectory(chosen).FullName;
        if (TryUse("/run/toe", create: Environment.IsPrivilegedProcess))
            return "/run/toe";
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && TryUse(Path.Combine(runtime, "toe"), create: true))
            return Path.Combine(runtime, "toe");
        return PreparePrivate(PrivatePath);
    }

    /// <summary>Every folder that a process of this machine may have used, existing or not.</summary>
    public static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("TOE_RUNTIME_DIR") is { Length: > 0 } chosen)
        {
            yield return chosen;
            yield break;
        }

        yield return "/run/toe";
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime)
            yield return Path.Combine(runtime, "toe");
        yield return PrivatePath;
    }

    private static string PrivatePath => Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"toe-{UserName()}"));

    private static string UserName() => OperatingSystem.IsLinux() ? UserId() : Environment.UserName;

    private static string UserId()
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal))
                return line.Split('\t', StringSplitOptions.RemoveEmptyEntries)[2]; // Real, effective: proc(5).
        }

        return Environment.UserName;
    }

    private static bool TryUse(string path, bool create)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && create && !Directory.Exists(path))
                Directory.CreateDirectory(path, OwnerOnly);
            if (!Directory.Exists(path))
                return false;
            var probe = Path.Combine(path, $".probe-{Guid.NewGuid():N}");
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The temporary folder is everybody's: what waits there under our name must be a folder, ours, and closed to others.</summary>
    private static string PreparePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
            return Directory.CreateDirectory(path).FullName; // The temporary folder is the user's own there.
        if (!Directory.Exists(path))
            Directory.CreateDirectory(path, OwnerOnly);
        var folder = new DirectoryInfo(path);
        if (folder.LinkTarget is not null)
            throw new IOException($"{path} is a link.");
        if (folder.UnixFileMode != OwnerOnly)
            throw new IOException($"{path} is open to others ({folder.UnixFileMode}).");
        if (!TryUse(path, create: false))
            throw new IOException($"{path} belongs to somebody else.");
        return path;
    }
}

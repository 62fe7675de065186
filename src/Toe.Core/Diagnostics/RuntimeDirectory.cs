using Toe.Linux;

namespace Toe.Diagnostics;

/// <summary>Where the processes of this machine that use the SDK can be asked: <c>TOE_RUNTIME_DIR</c>, else <c>/run/toe</c> if writable, else <c>XDG_RUNTIME_DIR/toe</c>, else <c>toe-UID</c> in the temporary folder.</summary>
internal static class RuntimeDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder for this process's endpoint, made if need be.</summary>
    /// <exception cref="IOException">No folder can be used; the message says why.</exception>
    public static string Prepare(RuntimePlaces places)
    {
        if (places.Chosen is { } chosen)
            return Create(chosen).FullName;
        if (TryUse(places.System, places.MakesSystem))
            return places.System;
        if (places.Session is { } session && TryUse(session, create: true))
            return session;
        return PreparePrivate(places.Private);
    }

    /// <summary>Every folder that a process of this machine may have used, existing or not.</summary>
    public static IEnumerable<string> Candidates(RuntimePlaces places)
    {
        if (places.Chosen is { } chosen)
            return [chosen];
        return places.Session is { } session ? [places.System, session, places.Private] : [places.System, places.Private];
    }

    /// <summary>What is made here is closed to others; what exists keeps its mode.</summary>
    private static DirectoryInfo Create(string path) => Directory.Exists(path) || OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, OwnerOnly);

    private static bool TryUse(string path, bool create)
    {
        try
        {
            if (create)
                Create(path);
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
        Create(path);
        var folder = new DirectoryInfo(path);
        if (folder.LinkTarget is not null)
            throw new IOException($"{path} is a link.");
        if (OperatingSystem.IsLinux() && FileOwner.UserOf(path) != FileOwner.CurrentUser)
            throw new IOException($"{path} belongs to somebody else.");
        if (folder.UnixFileMode != OwnerOnly)
            throw new IOException($"{path} is open to others ({folder.UnixFileMode}).");
        if (!TryUse(path, create: false))
            throw new IOException($"{path} cannot be written to.");
        return path;
    }
}

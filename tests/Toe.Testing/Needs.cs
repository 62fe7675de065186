using Xunit;

namespace Toe.Testing;

/// <summary>Skips a test that needs what this machine lacks, and fails it instead when <c>TOE_STRICT=1</c>, as CI sets.</summary>
public static class Needs
{
    /// <summary>True when a missing need is a failure.</summary>
    public static bool Strict => Environment.GetEnvironmentVariable("TOE_STRICT") == "1";

    /// <summary>Continues when <paramref name="met"/>; otherwise skips, or fails under strict mode, with the reason.</summary>
    public static void That(bool met, string reason)
    {
        if (met)
            return;
        if (Strict)
            Assert.Fail("TOE_STRICT=1: " + reason);
        Assert.Skip(reason);
    }

    /// <summary>The test needs Linux.</summary>
    public static void Linux() => That(OperatingSystem.IsLinux(), "needs Linux");

    /// <summary>The test needs Linux and the superuser, to make namespaces and devices of its own.</summary>
    public static void Root()
    {
        Linux();
        That(Environment.IsPrivilegedProcess, "needs root, to make network namespaces of its own");
    }

    /// <summary>The test needs a program of the operating system.</summary>
    public static void Tool(string name) => That(Find(name) is not null, $"needs the program \"{name}\" in PATH");

    /// <summary>The full path of a program in PATH, or null.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);
}

namespace LiveMigration;

/// <summary>What the sample cannot do without.</summary>
internal static class Requirements
{
    private static readonly string[] Programs = ["ip", "ss", "curl", "dotnet"];

    /// <summary>The first thing that is missing; null when all is there. That the kernel is Linux 6.6 or later shows when the interface is shared.</summary>
    public static string? Missing()
    {
        if (!OperatingSystem.IsLinux())
            return "Linux";
        if (!Environment.IsPrivilegedProcess)
            return "root, to make network namespaces and to share an interface";
        return Array.Find(Programs, static program => !IsInPath(program)) is { } missing ? $"the program \"{missing}\" in PATH" : null;
    }

    private static bool IsInPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}

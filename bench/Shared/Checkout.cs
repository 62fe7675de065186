using System.Diagnostics;

namespace Toe.Bench;

internal static class Checkout
{
    /// <summary>The commit that is measured, as git names it.</summary>
    public static string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", "describe --always --dirty --abbrev=40") { RedirectStandardOutput = true, UseShellExecute = false });
        return git?.StandardOutput.ReadToEnd().Trim() ?? "unknown";
    }
}

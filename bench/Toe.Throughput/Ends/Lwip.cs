using System.Diagnostics;
using Toe.Testing;

namespace Toe.Throughput.Ends;

/// <summary>The lwIP peer of this folder.</summary>
internal static class Lwip
{
    private static readonly string Folder = Repository.PathOf("bench", "Toe.Throughput", "peers", "lwip");

    /// <summary>Its command line.</summary>
    public static IReadOnlyList<string> Command { get; } = [Path.Combine(Folder, "bin", "lwip-peer"), "{tap}", "{mode}", "{bytes}", "{address}", "{port}"];

    /// <summary>Builds it where that was not done.</summary>
    /// <exception cref="RowSkippedException">It cannot be built.</exception>
    public static async Task BuildAsync()
    {
        if (!File.Exists("/usr/include/lwip/lwip/init.h"))
            throw new RowSkippedException("lwIP is missing: apt-get install liblwip-dev");
        if (Needs.Find("make") is null || Needs.Find("cc") is null)
            throw new RowSkippedException("make and a C compiler are missing");
        using var make = Process.Start(new ProcessStartInfo("make", ["--silent", "-C", Folder]) { UseShellExecute = false })!;
        await make.WaitForExitAsync();
        if (make.ExitCode != 0)
            throw new RowSkippedException("the lwIP peer does not build");
    }
}

using System.Diagnostics;
using Toe.Testing;

namespace Toe.Linux.Tests;

/// <summary>Owners as the kernel tells them.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class FileOwnerTests
{
    [Fact]
    public void Own_files_belong_to_the_current_user()
    {
        Needs.Linux();
        var folder = Directory.CreateTempSubdirectory("toe-test-");
        Assert.Equal(FileOwner.CurrentUser, FileOwner.UserOf(folder.FullName));
        folder.Delete();
        Assert.Equal("ENOENT", Assert.Throws<LinuxException>(() => FileOwner.UserOf(folder.FullName)).ErrorName);
        Assert.Equal(0u, FileOwner.UserOf("/"));
    }

    [Fact]
    public void Owners_of_files_and_links_are_told_apart()
    {
        Needs.Root();
        var folder = Directory.CreateTempSubdirectory("toe-test-").FullName;
        var (file, link) = (Path.Combine(folder, "file"), Path.Combine(folder, "link"));
        File.WriteAllText(file, "");
        File.CreateSymbolicLink(link, file);
        using (var chown = Process.Start("chown", ["65534", file]))
        {
            chown.WaitForExit();
            Assert.Equal(0, chown.ExitCode);
        }

        Assert.Equal((65534u, 0u), (FileOwner.UserOf(file), FileOwner.UserOf(link)));
        Directory.Delete(folder, recursive: true);
    }
}

using System.Diagnostics;
using Toe.Core.Tests.Configuration;
using Toe.Diagnostics;
using Toe.Testing;

namespace Toe.Core.Tests.Diagnostics;

/// <summary>Which folder the endpoint lives in, and which it must not.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class RuntimeDirectoryTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public void ChosenFolder_IsTheOnlyOne_AndMadeForItsOwner()
    {
        Needs.Linux();
        using var root = new TempFolder();
        var places = new RuntimePlaces { Chosen = root.File("chosen"), System = root.Path, Session = root.File("session"), Private = root.File("private") };

        Assert.Equal(root.File("chosen"), RuntimeDirectory.Prepare(places));

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(root.File("chosen")));
        Assert.Equal([root.File("chosen")], RuntimeDirectory.Candidates(places));
        Assert.False(Directory.Exists(root.File("session")) || Directory.Exists(root.File("private")));
        File.SetUnixFileMode(root.File("chosen"), OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        RuntimeDirectory.Prepare(places);
        Assert.True(File.GetUnixFileMode(root.File("chosen")).HasFlag(UnixFileMode.GroupRead)); // What its owner set stays.
    }

    [Fact]
    public void MachinesFolder_ThenTheSessions_ThenThePrivateOne()
    {
        Needs.Linux();
        using var root = new TempFolder();
        var places = new RuntimePlaces { System = root.File("system"), MakesSystem = true, Session = root.File("session"), Private = root.File("private") };
        Assert.Equal(places.System, RuntimeDirectory.Prepare(places));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(places.System));
        Assert.Empty(Directory.GetFileSystemEntries(places.System)); // The probe is gone.

        places = places with { System = root.File("absent"), MakesSystem = false };
        Assert.Equal(places.Session, RuntimeDirectory.Prepare(places));
        Assert.False(Directory.Exists(places.System)); // Only the superuser makes it.

        var blocked = root.Write("file", "");
        places = places with { Session = Path.Combine(blocked, "toe") };
        Assert.Equal(places.Private, RuntimeDirectory.Prepare(places));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(places.Private));
        Assert.Equal([places.System, places.Session, places.Private], RuntimeDirectory.Candidates(places));
        Assert.Equal(places.Private, RuntimeDirectory.Prepare(places with { Session = null }));
    }

    [Fact]
    public void PrivateFolder_MustBeClosedToOthers_AndNoLink()
    {
        Needs.Linux();
        using var root = new TempFolder();
        var places = new RuntimePlaces { System = root.File("absent"), Private = root.File("private") };
        foreach (var open in new[] { UnixFileMode.GroupRead, UnixFileMode.OtherExecute, UnixFileMode.StickyBit, UnixFileMode.OtherRead | UnixFileMode.OtherWrite })
        {
            Directory.CreateDirectory(places.Private);
            File.SetUnixFileMode(places.Private, OwnerOnly | open);
            Assert.Contains("open to others", Assert.Throws<IOException>(() => RuntimeDirectory.Prepare(places)).Message, StringComparison.Ordinal);
        }

        Directory.Delete(places.Private);
        var elsewhere = Directory.CreateDirectory(root.File("elsewhere"), OwnerOnly).FullName;
        Directory.CreateSymbolicLink(places.Private, elsewhere);
        Assert.Contains("is a link", Assert.Throws<IOException>(() => RuntimeDirectory.Prepare(places)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));

        File.Delete(places.Private);
        File.WriteAllText(places.Private, "a file");
        Assert.ThrowsAny<IOException>(() => RuntimeDirectory.Prepare(places));
    }

    [Fact]
    public void PrivateFolder_OfAnotherUser_IsNotUsed_NotEvenByTheSuperuser()
    {
        Needs.Root();
        using var root = new TempFolder();
        var places = new RuntimePlaces { System = root.File("absent"), Private = root.File("private") };
        Directory.CreateDirectory(places.Private, OwnerOnly);
        using (var chown = Process.Start("chown", ["65534", places.Private]))
            chown.WaitForExit();

        Assert.Contains("somebody else", Assert.Throws<IOException>(() => RuntimeDirectory.Prepare(places)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DanglingLink_IsNotFollowed()
    {
        Needs.Linux();
        using var root = new TempFolder();
        var places = new RuntimePlaces { System = root.File("absent"), Private = root.File("private") };
        Directory.CreateSymbolicLink(places.Private, root.File("target"));

        Assert.ThrowsAny<IOException>(() => RuntimeDirectory.Prepare(places));

        Assert.False(Directory.Exists(root.File("target")));
    }
}

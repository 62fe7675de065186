namespace Toe.Linux.Tests.Rsockets;

/// <summary>What can be known of librdmacm without a device.</summary>
public sealed class RdmaLibraryTests
{
    [Fact]
    public void EnvironmentDevice_where_librdmacm_is_missing_with_the_remedy()
    {
        var reason = RdmaLibrary.TryLoad("libnothing-like-this.so.1");
        Assert.False(reason.IsNone);
        Assert.True(!OperatingSystem.IsLinux() || reason.Is(ToeReasons.EnvironmentDevice));
        Assert.True(!OperatingSystem.IsLinux() || reason.Text!.Contains("librdmacm1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("7f00-7f01 r-xp 00000000 00:1d 12 /usr/lib/x86_64-linux-gnu/librdmacm.so.1.3.44.0", 44)]
    [InlineData("7f00-7f01 r-xp 00000000 00:1d 12 /usr/lib64/librdmacm.so.1.3.64.0", 64)]
    [InlineData("7f00-7f01 r-xp 00000000 00:1d 12 /opt/librdmacm.so.1", null)]
    [InlineData("7f00-7f01 r-xp 00000000 00:1d 12 /opt/librdmacm.so.1.3.x.0", null)]
    [InlineData("7f00-7f01 rw-p 00000000 00:00 0", null)]
    public void TheFilesName_TellsThePackagesVersion(string line, int? version) => Assert.Equal(version, RdmaLibrary.FindVersion(["7f00-7f01 r-xp 00000000 00:1d 12 /bin/toe", line]));

    [Theory]
    [InlineData("CapEff:\t0000000000004000", true)]
    [InlineData("CapEff:\t000001ffffffffff", true)]
    [InlineData("CapEff:\t0000000000003fff", false)]
    [InlineData("CapEff:\tnothing", false)]
    [InlineData("Name:\ttoe", false)]
    public void CapabilityToLockMemory_IsReadFromTheStatus(string line, bool has) => Assert.Equal(has, RdmaLibrary.HasCapability(["Pid:\t1", line], 14));

    [Fact]
    public void Limits_AreReadFromThisProcess()
    {
        Assert.True(RdmaLibrary.PinnedLimit is null or > 0);
        Assert.Equal(0, RdmaLibrary.StuckCalls);
    }
}

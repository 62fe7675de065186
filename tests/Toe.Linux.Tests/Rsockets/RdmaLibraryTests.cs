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

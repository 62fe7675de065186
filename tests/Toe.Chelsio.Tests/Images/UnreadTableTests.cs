namespace Toe.Chelsio.Tests.Images;

/// <summary>While the offload module is loaded, a table of devices that says nothing of the card is no proof that the host's own sockets stay on the host.</summary>
public sealed class UnreadTableTests
{
    private const string Table = "/proc/net/offload/devices";

    [Theory]
    [InlineData("EACCES")]
    [InlineData("EIO")]
    [InlineData("ENOENT")]
    public async Task ATableThatCannotBeRead_PromisesNothing(string error)
    {
        await using var copy = ImageCopy.Of("t6-active-policy");
        copy.Error(Table, error);
        await AssertNothingIsPromisedAsync(copy);
        using var image = copy.Open();
        await using var bench = await ImageBench.StartAsync(image);
        Assert.Contains(error, bench.Card.Status.Reason.Text, StringComparison.Ordinal); // What could not be read is no absence.
    }

    [Theory]
    [InlineData("Device           Offload Module     Policy   Interfaces")]
    [InlineData("\u0001\u0002 garbage")]
    [InlineData("")]
    public async Task ATableThatDoesNotNameTheCard_PromisesNothing(string content)
    {
        await using var copy = ImageCopy.Of("t6-active-policy");
        copy.File(Table, content);
        await AssertNothingIsPromisedAsync(copy);
    }

    [Theory]
    [InlineData("t5-inbox")]
    [InlineData("t6-so")]
    [InlineData("t6-after-kernel-update")]
    public async Task WithoutTheModule_OrOnAProductWithoutToe_SocketsStayOnTheHost(string image)
    {
        await using var bench = await ImageBench.StartAsync(image);
        Assert.True(bench.Card.Status.Capabilities.CanKeepOff);
    }

    private static async Task AssertNothingIsPromisedAsync(ImageCopy copy)
    {
        using var image = copy.Open();
        await using var bench = await ImageBench.StartAsync(image);
        Assert.Equal("NicOnly", bench.Card.Status.Rung);
        Assert.False(bench.Card.Status.Capabilities.CanKeepOff);
        var forbidden = bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard) { Mode = ToeMode.Forbid });
        Assert.True(forbidden.Reason.Is(ToeReasons.EnvironmentUncontrolled), forbidden.ToString());
    }
}

using Toe.Chelsio.Tests.Images;
using Toe.Linux;

namespace Toe.Chelsio.Tests.Policy;

/// <summary>Loading a policy: over a host whose tools answer as cop(8) and cxgbtool(8) say.</summary>
public sealed class ChelsioPolicyTests
{
    private static readonly ChelsioOptions Steered = new() { Mark = 12 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ThePolicy_IsCompiledLoadedAndReadBack()
    {
        using var host = new ToolHost(ImageBench.Open("t6-active-policy"));
        Assert.Null(await ChelsioPolicy.LoadAsync(host, "eth2", Steered, Token));
        Assert.Equal(2, host.Commands.Count);
        Assert.Equal(("cop", "-o"), (host.Commands[0].Tool, host.Commands[0].Arguments[0]));
        Assert.Equal(ChelsioPolicy.Write(Steered), host.PolicyText);
        Assert.Equal(("cxgbtool", "eth2", "policy", host.Commands[0].Arguments[1]), (host.Commands[1].Tool, host.Commands[1].Arguments[0], host.Commands[1].Arguments[1], host.Commands[1].Arguments[2]));
        Assert.False(Directory.Exists(Path.GetDirectoryName(host.Commands[0].Arguments[1])));
    }

    [Fact]
    public async Task AnotherPolicyThatReadsBack_IsSaid()
    {
        using var host = new ToolHost(ImageBench.Open("t6-active-policy"));
        Assert.Equal("another policy reads back than was loaded", await ChelsioPolicy.LoadAsync(host, "eth2", new ChelsioOptions { Mark = 13 }, Token));
        Assert.Contains("no device with eth9", await ChelsioPolicy.LoadAsync(host, "eth9", Steered, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheToolsErrors_AreTheirs()
    {
        using var failing = new ToolHost(ImageBench.Open("t6-active-policy")) { Exit = 1 };
        Assert.Equal("cop ended with 1: bad line", await ChelsioPolicy.LoadAsync(failing, "eth2", Steered, Token));
        using var missing = new ToolHost(ImageBench.Open("t6-active-policy")) { IsInstalled = false };
        Assert.StartsWith("cop is not installed", await ChelsioPolicy.LoadAsync(missing, "eth2", Steered, Token), StringComparison.Ordinal);
        Assert.Contains("played back", await ChelsioPolicy.LoadAsync(ImageBench.Open("t6-active"), "eth2", Steered, Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-eth2")]
    [InlineData("eth2; reboot")]
    [InlineData("a/b")]
    [InlineData("averyverylongname")]
    public async Task ANameThatIsNone_ReachesNoTool(string name)
    {
        using var host = new ToolHost(ImageBench.Open("t6-active-policy"));
        await Assert.ThrowsAsync<ArgumentException>(() => ChelsioPolicy.LoadAsync(host, name, Steered, Token).AsTask());
        Assert.Empty(host.Commands);
    }

    [Fact]
    public void OptionsThatSteerNothing_HaveNoPolicy()
    {
        Assert.Throws<ArgumentException>(() => ChelsioPolicy.Write(new ChelsioOptions()));
        Assert.Throws<ArgumentException>(() => ChelsioPolicy.Write(new ChelsioOptions { Mark = 1, Dscp = 2 }));
        Assert.Throws<ArgumentException>(() => ChelsioPolicy.Write(new ChelsioOptions { Dscp = 64 }));
    }

    /// <summary>An image's files, with tools that note what they were asked.</summary>
    private sealed class ToolHost(HostImage image) : ILinuxHost
    {
        public List<ToolCommand> Commands { get; } = [];

        public string? PolicyText { get; private set; }

        public int Exit { get; init; }

        public bool IsInstalled { get; init; } = true;

        public string Name => image.Name;

        public bool IsReplayed => false;

        public HostAnswer<byte[]> ReadFile(string path, int limit = HostLimits.File) => image.ReadFile(path, limit);

        public HostAnswer<string> ReadLink(string path) => image.ReadLink(path);

        public HostAnswer<IReadOnlyList<string>> List(string path) => image.List(path);

        public HostAnswer<byte[]> Ethtool(string interfaceName, ReadOnlySpan<byte> command) => image.Ethtool(interfaceName, command);

        public HostAnswer<IReadOnlyList<byte[]>> Netlink(NetlinkQuestion question) => image.Netlink(question);

        public RouteAnswer Route(RouteQuery query) => image.Route(query);

        public async ValueTask<HostAnswer<ToolOutput>> RunAsync(ToolCommand command, CancellationToken cancellationToken = default)
        {
            if (!IsInstalled)
                return HostAnswers.Failed<ToolOutput>(2);
            Commands.Add(command);
            if (command.Tool == "cop")
                PolicyText = await File.ReadAllTextAsync(command.Arguments[2], cancellationToken);
            return HostAnswers.Found(new ToolOutput(Exit, [], Exit == 0 ? "" : "bad line\n"));
        }

        public IDisposable Watch(HostTopics topics, Action changed) => image.Watch(topics, changed);

        public void Dispose() => image.Dispose();
    }
}

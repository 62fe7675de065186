namespace Toe.Linux.Images;

/// <summary><c>calls.json</c>: what was answered to calls.</summary>
internal sealed class CallsDocument
{
    public EthtoolDocument[] Ethtool { get; set; } = [];

    public NetlinkDocument[] Netlink { get; set; } = [];

    public ToolDocument[] Tools { get; set; } = [];

    public string? Comment { get; set; }
}

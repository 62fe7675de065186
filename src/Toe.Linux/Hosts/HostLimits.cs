namespace Toe.Linux;

/// <summary>What is taken from a machine at most.</summary>
public static class HostLimits
{
    /// <summary>Bytes of one file: 1 MiB. The largest that is read, a full card's debugfs table, has some hundred KiB.</summary>
    public const int File = 1 << 20;

    /// <summary>Bytes that one tool may write: 16 MiB. Rule sets of ten thousand rules have some MiB.</summary>
    public const int ToolOutput = 16 << 20;

    /// <summary>Bytes of all messages that answer one netlink question: 16 MiB.</summary>
    public const int NetlinkAnswer = 16 << 20;

    /// <summary>Names in one directory: 65,536.</summary>
    public const int DirectoryEntries = 1 << 16;
}

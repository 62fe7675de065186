namespace Toe.Linux;

/// <summary>
/// One machine, as everything in this SDK that looks at a machine sees it: the one it runs on (<c>LiveHost</c>), or one that is played back from
/// a folder (<c>HostImage</c>). Nothing here throws for what a machine can answer: a missing file, a refused call and an absent tool are answers.
/// </summary>
/// <remarks>Any thread may ask. Reading a file of a dying device can block in the kernel: ask from control calls, never from the data path.</remarks>
public interface ILinuxHost : IDisposable
{
    /// <summary>A name for people: <c>this machine</c>, or the image's name.</summary>
    string Name { get; }

    /// <summary>True when the machine is played back: what is found is a record, and nothing can be carried by its adapters.</summary>
    bool IsReplayed { get; }

    /// <summary>Reads a file of /proc, /sys, debugfs, /etc or /lib.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="limit">The most bytes that are taken; a longer file is answered with EFBIG.</param>
    /// <returns>The content; ENOENT, EACCES and the like are answers.</returns>
    HostAnswer<byte[]> ReadFile(string path, int limit = HostLimits.File);

    /// <summary>Reads where a symbolic link points, as it is written.</summary>
    /// <param name="path">The absolute path.</param>
    HostAnswer<string> ReadLink(string path);

    /// <summary>Lists the names in a directory, in ordinal order.</summary>
    /// <param name="path">The absolute path.</param>
    HostAnswer<IReadOnlyList<string>> List(string path);

    /// <summary>Makes an ethtool call (SIOCETHTOOL, linux/sockios.h) on an interface.</summary>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="command">The structure of linux/ethtool.h, its <c>cmd</c> first, as long as the answer will be.</param>
    /// <returns>The structure as the driver left it, as long as it was given.</returns>
    HostAnswer<byte[]> Ethtool(string interfaceName, ReadOnlySpan<byte> command);

    /// <summary>Asks by netlink and collects the answer's messages.</summary>
    /// <param name="question">The question.</param>
    /// <returns>The payloads of the data messages, each what follows <c>nlmsghdr</c> (and, for generic netlink, begins with <c>genlmsghdr</c>).</returns>
    HostAnswer<IReadOnlyList<byte[]>> Netlink(NetlinkQuestion question);

    /// <summary>Asks where a packet would go.</summary>
    /// <param name="query">What the lookup depends on.</param>
    RouteAnswer Route(RouteQuery query);

    /// <summary>Runs one of the host's tools that has a machine-readable answer and no usable kernel interface, such as <c>nft -j list ruleset</c>. Without a shell.</summary>
    /// <param name="command">The tool and its arguments.</param>
    /// <param name="cancellationToken">Ends the tool, with all it started.</param>
    /// <returns>What it wrote and its exit code; ENOENT when the tool is not installed.</returns>
    ValueTask<HostAnswer<ToolOutput>> RunAsync(ToolCommand command, CancellationToken cancellationToken = default);

    /// <summary>Reports that something of the topics changed; what, is to be read again.</summary>
    /// <param name="topics">What to watch.</param>
    /// <param name="changed">Called on a thread of the host, one call at a time; must not block. May be called without a change.</param>
    /// <returns>Ends the watch: no call begins after disposal has returned.</returns>
    IDisposable Watch(HostTopics topics, Action changed);
}

using System.Runtime.Versioning;
using Toe.Linux.Live;

namespace Toe.Linux;

/// <summary>
/// The machine that the program runs on, seen from the network namespace of the thread that makes this. Needs no privilege; what a privilege would show is
/// answered with EACCES or EPERM without it.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class LiveHost : ILinuxHost
{
    private const uint GroupNeighbours = 4;         // RTMGRP_NEIGH, linux/rtnetlink.h
    private const uint GroupTables = 7;             // NFNLGRP_NFTABLES, linux/netfilter/nfnetlink.h

    private readonly LiveNetlink _netlink = new();
    private readonly LiveEthtool _ethtool = new();
    private readonly RouteTable _routes = new();

    /// <inheritdoc/>
    public string Name => "this machine";

    /// <inheritdoc/>
    public bool IsReplayed => false;

    /// <inheritdoc/>
    public HostAnswer<byte[]> ReadFile(string path, int limit = HostLimits.File)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return LiveFiles.Read(path, limit);
    }

    /// <inheritdoc/>
    public HostAnswer<string> ReadLink(string path) => LiveFiles.ReadLink(path);

    /// <inheritdoc/>
    public HostAnswer<IReadOnlyList<string>> List(string path) => LiveFiles.List(path);

    /// <inheritdoc/>
    public HostAnswer<byte[]> Ethtool(string interfaceName, ReadOnlySpan<byte> command)
    {
        ArgumentNullException.ThrowIfNull(interfaceName);
        return _ethtool.Call(interfaceName, command);
    }

    /// <inheritdoc/>
    public HostAnswer<IReadOnlyList<byte[]>> Netlink(NetlinkQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return _netlink.Ask(question);
    }

    /// <inheritdoc/>
    public RouteAnswer Route(RouteQuery query) => _routes.Lookup(query);

    /// <inheritdoc/>
    public ValueTask<HostAnswer<ToolOutput>> RunAsync(ToolCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return LiveTools.RunAsync(command, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="LinuxException">The kernel has no such notices for this program.</exception>
    public IDisposable Watch(HostTopics topics, Action changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        var gate = new Lock();
        var watches = new WatchGroup();
        void Changed()
        {
            lock (gate) // One call at a time, whichever socket heard.
                changed();
        }

        try
        {
            if (RouteGroups(topics) is var groups and not 0)
                watches.Add(new LiveWatch(new NetlinkSocket(groups: groups), Changed));
            if (topics.HasFlag(HostTopics.Devlink) && _netlink.FindGroup("devlink", "config") is { } devlink)
                watches.Add(new LiveWatch(Join(NetlinkSocket.ProtocolGeneric, devlink), Changed));
            if (topics.HasFlag(HostTopics.PacketFilter) && TryJoinPacketFilter() is { } filter)
                watches.Add(new LiveWatch(filter, Changed));
            return watches;
        }
        catch
        {
            watches.Dispose();
            throw;
        }
    }

    /// <summary>Closes its sockets; watches live on until they are disposed.</summary>
    public void Dispose()
    {
        _netlink.Dispose();
        _ethtool.Dispose();
        _routes.Dispose();
    }

    private static uint RouteGroups(HostTopics topics)
    {
        var groups = NetlinkTopics.None;
        if (topics.HasFlag(HostTopics.Links))
            groups |= NetlinkTopics.Links;
        if (topics.HasFlag(HostTopics.Addresses))
            groups |= NetlinkTopics.Addresses;
        if (topics.HasFlag(HostTopics.Routes))
            groups |= NetlinkTopics.Routes;
        return (uint)groups | (topics.HasFlag(HostTopics.Neighbours) ? GroupNeighbours : 0);
    }

    /// <summary>A kernel without nf_tables, or a program that may not hear of them, is served by its timer.</summary>
    private static NetlinkSocket? TryJoinPacketFilter()
    {
        try
        {
            return Join(NetlinkSocket.ProtocolNetfilter, GroupTables);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    private static NetlinkSocket Join(int protocol, uint group)
    {
        var socket = new NetlinkSocket(protocol);
        try
        {
            socket.Join(group);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The watches of one caller.</summary>
    private sealed class WatchGroup : IDisposable
    {
        private readonly List<LiveWatch> _watches = [];

        public void Add(LiveWatch watch) => _watches.Add(watch);

        public void Dispose()
        {
            foreach (var watch in _watches)
                watch.Dispose();
        }
    }
}

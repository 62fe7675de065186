using System.Net;
using System.Runtime.InteropServices;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>A SYN at a listener, before anything is allocated for it.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct TcpIncoming
{
    private readonly FourTuple _tuple;
    private readonly TcpOptions _options;

    internal TcpIncoming(in FourTuple tuple, TcpOptions options)
    {
        _tuple = tuple;
        _options = options;
    }

    /// <summary>The address and port the SYN was sent to. Allocates.</summary>
    public IPEndPoint LocalEndPoint => _tuple.Local.ToEndPoint(_tuple.LocalPort);

    /// <summary>The address and port the SYN came from. Allocates.</summary>
    public IPEndPoint RemoteEndPoint => _tuple.Remote.ToEndPoint(_tuple.RemotePort);

    /// <summary>The local port.</summary>
    public int LocalPort => _tuple.LocalPort;

    /// <summary>The remote port.</summary>
    public int RemotePort => _tuple.RemotePort;

    /// <summary>The peer's MSS option in bytes, or 0 if it sent none.</summary>
    public int MaximumSegmentSize => _options.MaximumSegmentSize;

    /// <summary>The peer offered RFC 7323 timestamps.</summary>
    public bool OffersTimestamps => _options.HasTimestamps;

    /// <summary>The peer offered RFC 7323 window scaling.</summary>
    public bool OffersWindowScale => _options.HasWindowScale;
}

using System.Net;

namespace Toe;

/// <summary>A passive open: where to listen, and how.</summary>
/// <param name="Local">Address and port; port 0 lets the host choose, and adapters take the same number.</param>
public sealed record ToeListenRequest(IPEndPoint Local)
{
    /// <summary>The caller's mode; null leaves it to the policy. Default null.</summary>
    public ToeMode? Mode { get; init; }

    /// <summary>Connections that may wait to be accepted, on each carrier. Default 512.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>Socket options of accepted connections. Default <see cref="ToeSocketOptions.Default"/>.</summary>
    public ToeSocketOptions Options { get; init; } = ToeSocketOptions.Default;
}

using System.Net;

namespace Toe;

/// <summary>An active open: to whom, from where, and how.</summary>
/// <param name="Remote">An <see cref="IPEndPoint"/>, or a <see cref="DnsEndPoint"/> whose addresses are tried as RFC 8305 (Happy Eyeballs) orders them.</param>
public sealed record ToeConnectRequest(EndPoint Remote)
{
    /// <summary>The local endpoint to bind; null lets the carrier choose. Default null.</summary>
    public IPEndPoint? Local { get; init; }

    /// <summary>The caller's mode; null leaves it to the policy. Default null.</summary>
    public ToeMode? Mode { get; init; }

    /// <summary>One budget for name resolution and all attempts; null takes the configured <c>ConnectTimeout</c>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Socket options. Default <see cref="ToeSocketOptions.Default"/>.</summary>
    public ToeSocketOptions Options { get; init; } = ToeSocketOptions.Default;
}

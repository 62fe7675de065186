using System.Net;

namespace Toe.Chelsio.Policy;

/// <summary>One open, as the policy sees it; null is what is not known.</summary>
/// <param name="Open">What kind of open it is.</param>
internal sealed record CopQuestion(CopOpen Open)
{
    /// <summary>The initiator of a connection; for a listening socket its own address.</summary>
    public IPEndPoint? Source { get; init; }

    /// <summary>The one who is connected to; null for a listening socket.</summary>
    public IPEndPoint? Destination { get; init; }

    /// <summary>The socket's SO_MARK; for a passive open the listening socket's.</summary>
    public long? Mark { get; init; }

    /// <summary>The socket's traffic class octet; for a passive open the SYN's.</summary>
    public int? TrafficClass { get; init; }
}

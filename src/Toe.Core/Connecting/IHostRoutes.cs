using System.Net;

namespace Toe.Connecting;

/// <summary>Answers which way the host would send.</summary>
internal interface IHostRoutes
{
    /// <summary>The host's route to a peer; null when there is none, or this operating system cannot be asked.</summary>
    HostRoute? Find(IPAddress? local, IPAddress remote);
}

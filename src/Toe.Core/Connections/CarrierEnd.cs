using System.Net.Sockets;

namespace Toe.Connections;

/// <summary>How a carrier's connection ended.</summary>
/// <param name="Error">What a host socket would report.</param>
/// <param name="Reason">What befell the adapter; <see cref="ToeReason.None"/> when the peer or the network ended it.</param>
internal sealed record CarrierEnd(SocketError Error, ToeReason Reason);

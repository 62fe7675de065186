using System.Net;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <summary>What a card asks about the network its link is on.</summary>
internal interface ICardNetwork
{
    /// <summary>One for each of the card's engines.</summary>
    IReadOnlyList<ILink> Links { get; }

    /// <summary>Which of the links, and engines, has a flow.</summary>
    FlowSharding Sharding { get; }

    /// <summary>A first fragment came for a connection; both its endpoints. On that connection's loop.</summary>
    event Action<IPEndPoint, IPEndPoint> FragmentArrived
    {
        add
        {
        }

        remove
        {
        }
    }

    AddressModel Addresses { get; }

    AdapterFeatures Families { get; }

    /// <summary>Words for <see cref="AdapterIdentity.Location"/>.</summary>
    string Location { get; }

    /// <summary>Whether the peer is reached on the link.</summary>
    /// <param name="local">The local address wanted; null for any.</param>
    /// <param name="remote">The peer.</param>
    /// <param name="host">The host's route to it; null when there is none, or nobody asked.</param>
    ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host);

    ToeReason Serves(IPAddress local);

    /// <summary>The address that a connection to the peer has; null when the peer cannot be reached.</summary>
    IPAddress? SourceFor(IPAddress remote);

    /// <summary>The entries of a link's neighbour table, where it has one. On that link's loop.</summary>
    int? NeighbourCount(int shard);

    /// <summary>Takes what packets to the peer need on a link beside the connection's own entries. On that link's loop.</summary>
    ToeReason Prepare(int shard, IPAddress remote);

    /// <summary>Takes a listening endpoint, or one connection when the peer is given, before the engine uses it.</summary>
    /// <returns>False when another card has it.</returns>
    bool TryClaim(IPEndPoint local, IPEndPoint? remote = null);

    /// <summary>Takes over the packets of a connection that another carrier on this network has.</summary>
    /// <param name="local">The connection's local endpoint.</param>
    /// <param name="remote">Its peer.</param>
    /// <param name="undo">Gives them back to the carrier that had them; null when refused.</param>
    /// <returns>Why it cannot be done.</returns>
    ToeReason TryDivert(IPEndPoint local, IPEndPoint remote, out Action? undo);

    void Release(IPEndPoint local, IPEndPoint? remote = null);

    /// <summary>Takes what the handshake of a passive open needs, before the SYN is answered.</summary>
    /// <returns>False when it cannot be had: the SYN is somebody else's.</returns>
    bool TryAdmit(IPEndPoint local, IPEndPoint remote) => true;

    /// <summary>Gives back what a handshake needed, whether it became a connection or not.</summary>
    void HandshakeOver(IPEndPoint local, IPEndPoint remote)
    {
    }

    /// <summary>Gives the host a packet that the card got and that is the host's, where both share an address. On that link's loop.</summary>
    void GiveToHost(int shard, ReadOnlySpan<byte> packet)
    {
    }

    /// <summary>Pulls or plugs the cable.</summary>
    void SetLinkUp(bool up);
}

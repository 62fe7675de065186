using System.Net;
using Toe.Emulated.Links;

namespace Toe.Emulated;

/// <summary>What a card asks about the network its link is on.</summary>
internal interface ICardNetwork
{
    ILink Link { get; }

    AddressModel Addresses { get; }

    AdapterFeatures Families { get; }

    /// <summary>Words for <see cref="AdapterIdentity.Location"/>.</summary>
    string Location { get; }

    /// <summary>The neighbour table, where the link has one.</summary>
    int? NeighbourCount { get; }

    ToeReason Reaches(IPAddress? local, IPEndPoint remote);

    ToeReason Serves(IPAddress local);

    /// <summary>The address that a connection to the peer has.</summary>
    IPAddress SourceFor(IPAddress remote);

    /// <summary>Takes what packets to the peer need beside the connection's own entries. On the loop.</summary>
    ToeReason Prepare(IPAddress remote);

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

    /// <summary>Pulls or plugs the cable.</summary>
    void SetLinkUp(bool up);
}

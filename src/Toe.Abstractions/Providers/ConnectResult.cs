using System.Net.Sockets;

namespace Toe;

/// <summary>How an adapter's connect ended.</summary>
/// <param name="Outcome">Which of the three.</param>
/// <param name="Refusal">With <see cref="ConnectOutcome.Refused"/>: why.</param>
/// <param name="PeerError">With <see cref="ConnectOutcome.PeerAnswered"/>: what a host socket would report.</param>
public readonly record struct ConnectResult(ConnectOutcome Outcome, ToeReason Refusal, SocketError PeerError)
{
    /// <summary>Established.</summary>
    public static ConnectResult Connected { get; } = new(ConnectOutcome.Connected, ToeReason.None, SocketError.Success);

    /// <summary>The adapter refuses.</summary>
    /// <param name="refusal">Why.</param>
    public static ConnectResult RefusedBecause(ToeReason refusal) => new(ConnectOutcome.Refused, refusal, SocketError.Success);

    /// <summary>The peer or the network answered.</summary>
    /// <param name="error">What a host socket would report.</param>
    public static ConnectResult Answered(SocketError error) => new(ConnectOutcome.PeerAnswered, ToeReason.None, error);
}

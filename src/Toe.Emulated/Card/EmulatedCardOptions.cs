using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <summary>How a card is made.</summary>
public sealed record EmulatedCardOptions
{
    /// <summary>The card's name within its provider; its adapter id is <c>emulated:</c> and this. Default <c>fabric</c>.</summary>
    public string Name { get; init; } = "fabric";

    /// <summary>Limits, model and firmware. Default <see cref="CardProfile.Default"/>.</summary>
    public CardProfile Profile { get; init; } = CardProfile.Default;

    /// <summary>The engine's settings; copied. The largest packet and the offloads are the link's, and no more than a quarter of the connection table is in TIME-WAIT. Default: the engine's own, but that an unreachable peer ends a connect at once, as it does on the host stack.</summary>
    public TcpEngineOptions Engine { get; init; } = new() { AbortConnectOnSoftErrors = true };

    /// <summary>Send and receive buffer of a connection that asks for none, in bytes. Default 1 MiB.</summary>
    public int BufferSize { get; init; } = 1024 * 1024;

    /// <summary>Lets the card open nothing between the end of a crash and this much later. Default zero.</summary>
    public TimeSpan RecoveryTime { get; init; }
}

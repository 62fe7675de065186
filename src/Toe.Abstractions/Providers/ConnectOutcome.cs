namespace Toe;

/// <summary>How an adapter's connect ended.</summary>
public enum ConnectOutcome
{
    /// <summary>The connection is established.</summary>
    Connected,

    /// <summary>The adapter refuses; the stack falls back.</summary>
    Refused,

    /// <summary>The peer or the network answered; the application gets the answer, and there is no second attempt.</summary>
    PeerAnswered,
}

namespace Toe.Connections;

/// <summary>A carrier that depends on an adapter and ends with it.</summary>
internal interface ILosable
{
    /// <summary>The adapter failed: every pending and later call ends with the reason. Off the adapter's thread, may repeat.</summary>
    void Lose(ToeReason reason);

    /// <summary>The adapter failed, and tells its connections' states still: leaves for the host stack, or ends with the reason.</summary>
    void Leave(ToeReason reason);
}

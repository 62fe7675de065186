namespace Toe.Connections;

/// <summary>A carrier that depends on an adapter and ends with it.</summary>
internal interface ILosable
{
    /// <summary>The adapter failed: every pending and later call ends with the reason. Off the adapter's thread, may repeat.</summary>
    void Lose(ToeReason reason);
}

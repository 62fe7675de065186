namespace Toe.Connections;

/// <summary>A carrier that hears an adapter socket's events, on the adapter's thread.</summary>
internal interface IAdapterConnection
{
    /// <summary>An armed direction became ready, or the connection ended.</summary>
    void Wake(Readiness what);

    /// <summary>The adapter said how the connection ended.</summary>
    void Ended(CarrierEnd end);

    /// <summary>The adapter wants to be rid of the connection.</summary>
    void WantUpload(ToeReason reason, bool mandatory);
}

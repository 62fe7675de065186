using System.Net.Sockets;

namespace Toe.Connections;

/// <summary>Receives an adapter socket's events, on the adapter's thread, from before the socket exists. Late and repeated events find it closed and do nothing.</summary>
internal sealed class CarrierEvents : IAdapterSocketEvents
{
    private AdapterCarrier? _carrier;
    private CarrierEnd? _end;

    /// <summary>How the adapter said the connection ended; null while it has not.</summary>
    public CarrierEnd? End => Volatile.Read(ref _end);

    public void Bind(AdapterCarrier carrier) => Volatile.Write(ref _carrier, carrier);

    public void OnReady(Readiness what) => Volatile.Read(ref _carrier)?.Wake(what);

    public void OnClosed(SocketError error, ToeReason reason)
    {
        Interlocked.CompareExchange(ref _end, new CarrierEnd(error, reason), null);
        Volatile.Read(ref _carrier)?.Wake(Readiness.Receive | Readiness.Send);
    }

    public void OnUploadWanted(ToeReason reason, bool mandatory) => Volatile.Read(ref _carrier)?.WantUpload(reason, mandatory);
}

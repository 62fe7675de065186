using System.Net.Sockets;

namespace Toe.Connections;

/// <summary>Receives an adapter socket's events, on the adapter's thread, from before the socket exists. Late and repeated events find it closed and do nothing.</summary>
internal sealed class CarrierEvents : IAdapterSocketEvents
{
    private IAdapterConnection? _carrier;
    private CarrierEnd? _end;
    private MandatoryUpload? _upload;

    /// <summary>How the adapter said the connection ended; null while it has not.</summary>
    public CarrierEnd? End => Volatile.Read(ref _end);

    /// <summary>Names the receiver, which hears now what came before it.</summary>
    public void Bind(IAdapterConnection carrier)
    {
        Interlocked.Exchange(ref _carrier, carrier);
        if (End is { } end)
            carrier.Ended(end);
        if (Volatile.Read(ref _upload) is { } upload)
            carrier.WantUpload(upload.Reason, mandatory: true);
    }

    public void OnReady(Readiness what) => Volatile.Read(ref _carrier)?.Wake(what);

    public void OnClosed(SocketError error, ToeReason reason)
    {
        var end = new CarrierEnd(error, reason);
        if (Interlocked.CompareExchange(ref _end, end, null) is null)
            Volatile.Read(ref _carrier)?.Ended(end);
    }

    public void OnUploadWanted(ToeReason reason, bool mandatory)
    {
        if (mandatory)
            Interlocked.CompareExchange(ref _upload, new MandatoryUpload(reason), null);
        Volatile.Read(ref _carrier)?.WantUpload(reason, mandatory);
    }

    private sealed record MandatoryUpload(ToeReason Reason);
}

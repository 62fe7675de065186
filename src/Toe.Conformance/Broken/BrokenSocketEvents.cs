using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>A socket's events with a defect.</summary>
internal sealed class BrokenSocketEvents(IAdapterSocketEvents? receiver, Defect defect) : IAdapterSocketEvents
{
    private const int Lost = 100;

    private int _receives;
    private int _raisingOn; // The thread's number; 0 is nobody's.

    public IAdapterSocketEvents? Receiver { get; set; } = receiver;

    /// <summary>True on the thread that raises one just now.</summary>
    public bool IsRaising => Volatile.Read(ref _raisingOn) == Environment.CurrentManagedThreadId;

    public void OnReady(Readiness what)
    {
        Volatile.Write(ref _raisingOn, Environment.CurrentManagedThreadId);
        Raise(what);
        Volatile.Write(ref _raisingOn, 0);
    }

    public void OnClosed(SocketError error, ToeReason reason)
    {
        if (defect is Defect.NoCloseEvent or Defect.ResetLooksLikeEnd)
            return;
        Receiver?.OnClosed(defect == Defect.WrongCloseError ? SocketError.TimedOut : error, defect == Defect.ClosesWithoutReason ? ToeReason.None : reason);
        if (defect == Defect.ClosesTwice)
            Receiver?.OnClosed(error, reason);
    }

    public void OnUploadWanted(ToeReason reason, bool mandatory) => Receiver?.OnUploadWanted(reason, mandatory);

    private void Raise(Readiness what)
    {
        if (defect == Defect.LosesReady && what.HasFlag(Readiness.Receive) && ++_receives % Lost == 0)
            what &= ~Readiness.Receive;
        if (defect == Defect.NeverAnnouncesSend)
            what &= ~Readiness.Send;
        if (defect == Defect.NeverAnnouncesReceive)
            what &= ~Readiness.Receive;
        if (what == Readiness.None)
            return;
        if (defect == Defect.AnnouncesBothDirections)
            what = Readiness.Receive | Readiness.Send;
        Receiver?.OnReady(what);
        if (defect == Defect.DoublesReady)
            Receiver?.OnReady(what);
    }
}

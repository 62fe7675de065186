using System.Net;

namespace Toe.Conformance;

/// <summary>A listener's events with a defect.</summary>
internal sealed class BrokenListenerEvents(IAdapterListenerEvents events, Func<IToeAdapterSocket, BrokenSocketEvents, BrokenSocket> wrap, Defect defect) : IAdapterListenerEvents
{
    private const int Lost = 8;

    private readonly List<BrokenSocket> _accepted = [];
    private bool _hasRefused;

    public bool Admit(in IncomingConnection syn, out ToeReason refusal)
    {
        refusal = ToeReason.None;
        if (defect == Defect.NeverAsks)
            return true;
        if (defect == Defect.AsksTwice)
            events.Admit(syn, out _);
        if (defect == Defect.BearsGrudges && _hasRefused)
            return false;
        var isAdmitted = events.Admit(syn, out refusal);
        _hasRefused |= !isAdmitted;
        return isAdmitted;
    }

    public void OnAccepted(IToeAdapterSocket socket, in IncomingConnection peer, out IAdapterSocketEvents receiver)
    {
        var broken = new BrokenSocketEvents(receiver: null, defect);
        var wrapped = wrap(socket, broken);
        wrapped.IsAccepted = true;
        int count;
        lock (_accepted)
        {
            _accepted.Add(wrapped);
            count = _accepted.Count;
        }

        if (defect == Defect.LosesAccepted && count % Lost == 0)
        {
            receiver = broken;
            socket.Abort();
            return;
        }

        var told = defect == Defect.WrongPeer ? peer with { Remote = new IPEndPoint(peer.Remote.Address, 1) } : peer;
        events.OnAccepted(wrapped, told, out var inner);
        broken.Receiver = inner;
        receiver = broken;
    }

    public void OnStopped(ToeReason reason) => events.OnStopped(defect == Defect.StopsWithoutReason ? ToeReason.None : reason);

    public void AbortAccepted()
    {
        lock (_accepted)
        {
            foreach (var socket in _accepted)
                socket.Abort();
        }
    }
}

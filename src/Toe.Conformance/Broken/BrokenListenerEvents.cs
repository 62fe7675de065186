using System.Net;

namespace Toe.Conformance;

/// <summary>A listener's events with a defect.</summary>
internal sealed class BrokenListenerEvents(IAdapterListenerEvents events, Func<IToeAdapterSocket, BrokenSocketEvents, BrokenSocket> wrap, Defect defect) : IAdapterListenerEvents
{
    private readonly List<BrokenSocket> _accepted = [];

    public bool Admit(in IncomingConnection syn, out ToeReason refusal)
    {
        refusal = ToeReason.None;
        if (defect == Defect.NeverAsks)
            return true;
        if (defect == Defect.AsksTwice)
            events.Admit(syn, out _);
        return events.Admit(syn, out refusal);
    }

    public void OnAccepted(IToeAdapterSocket socket, in IncomingConnection peer, out IAdapterSocketEvents receiver)
    {
        var broken = new BrokenSocketEvents(receiver: null, defect);
        var wrapped = wrap(socket, broken);
        wrapped.IsAccepted = true;
        lock (_accepted)
            _accepted.Add(wrapped);
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

using System.Threading.Channels;

namespace Toe.Conformance;

/// <summary>Writes down what a listener says, and hands out what it accepts.</summary>
internal sealed class ListenerEventLog(CancellationToken stop) : IAdapterListenerEvents
{
    private readonly Lock _lock = new();
    private readonly Channel<(IToeAdapterSocket Socket, IncomingConnection Peer, SocketEventLog Events)> _accepted =
        Channel.CreateUnbounded<(IToeAdapterSocket, IncomingConnection, SocketEventLog)>();

    private readonly List<IncomingConnection> _asked = [];
    private readonly List<ToeReason> _stopped = [];

    /// <summary>Why a SYN is not taken; default none.</summary>
    public ToeReason Refusal { get; set; }

    /// <summary>Runs at each acceptance, on the thread that announces it.</summary>
    public Action<IToeAdapterSocket>? Accepted { get; set; }

    /// <summary>Who knocked.</summary>
    public IReadOnlyList<IncomingConnection> Asked
    {
        get
        {
            lock (_lock)
                return [.. _asked];
        }
    }

    public IReadOnlyList<ToeReason> Stopped
    {
        get
        {
            lock (_lock)
                return [.. _stopped];
        }
    }

    /// <summary>Connections that nobody has taken yet.</summary>
    public int Waiting => _accepted.Reader.Count;

    public ValueTask<(IToeAdapterSocket Socket, IncomingConnection Peer, SocketEventLog Events)> AcceptAsync() => _accepted.Reader.ReadAsync(stop);

    public bool TryAccept(out (IToeAdapterSocket Socket, IncomingConnection Peer, SocketEventLog Events) accepted) => _accepted.Reader.TryRead(out accepted);

    public bool Admit(in IncomingConnection syn, out ToeReason refusal)
    {
        lock (_lock)
            _asked.Add(syn);
        refusal = Refusal;
        return refusal.IsNone;
    }

    public void OnAccepted(IToeAdapterSocket socket, in IncomingConnection peer, out IAdapterSocketEvents events)
    {
        var log = new SocketEventLog();
        events = log;
        _accepted.Writer.TryWrite((socket, peer, log));
        Accepted?.Invoke(socket);
    }

    public void OnStopped(ToeReason reason)
    {
        lock (_lock)
            _stopped.Add(reason);
    }
}

using System.Net;
using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <summary>What one connection holds: its table entries, and its endpoints on the network. The endpoints are released when the engine is done with them, the entries when the application is done too.</summary>
internal sealed class CardClaim : ITcpEndpointWatcher
{
    private const int ApplicationDone = 1;
    private const int BuffersDone = 2;
    private const int EngineDone = 4;

    private readonly EmulatedCard _card;
    private readonly TableEntry _entry;
    private Endpoints? _endpoints;
    private int _done;

    public CardClaim(EmulatedCard card, TableEntry entry)
    {
        _card = card;
        _entry = entry;
        card.Claims[this] = true;
    }

    /// <summary>True when only the engine still has to do with the connection.</summary>
    public bool IsApplicationDone => (Volatile.Read(ref _done) & ApplicationDone) != 0;

    /// <summary>Takes the connection's endpoints. On the loop.</summary>
    /// <returns>False when another card has them.</returns>
    public bool TryTake(IPEndPoint local, IPEndPoint remote)
    {
        if (!_card.Network.TryClaim(local, remote))
            return false;
        Took(local, remote);
        return true;
    }

    /// <summary>Notes that the endpoints are the connection's, for their release.</summary>
    public void Took(IPEndPoint local, IPEndPoint remote)
    {
        Volatile.Write(ref _endpoints, new Endpoints(local, remote));
        Interlocked.MemoryBarrier(); // Either this sees that the card died, or the card's death sees the endpoints.
        if ((Volatile.Read(ref _done) & EngineDone) != 0)
            ReleaseEndpoints();
    }

    /// <summary>The endpoints were given to another card: nothing is left to release.</summary>
    public void Gave() => Interlocked.Exchange(ref _endpoints, null);

    public void OnApplicationDone() => Note(ApplicationDone);

    public void OnTimeWait() => Note(BuffersDone);

    public void OnGone()
    {
        Note(BuffersDone | EngineDone);
        ReleaseEndpoints();
        _card.Claims.TryRemove(this, out _);
    }

    private void Note(int what)
    {
        var done = Interlocked.Or(ref _done, what) | what;
        if ((done & ApplicationDone) == 0)
            return;
        if ((done & EngineDone) != 0)
            _entry.Return();
        else if ((done & BuffersDone) != 0)
            _entry.ReturnMemory();
    }

    private void ReleaseEndpoints()
    {
        if (Interlocked.Exchange(ref _endpoints, null) is { } endpoints)
            _card.Network.Release(endpoints.Local, endpoints.Remote);
    }

    private sealed record Endpoints(IPEndPoint Local, IPEndPoint Remote);
}

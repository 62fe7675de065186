using System.Net;
using System.Net.Sockets;
using Toe;

namespace Acme;

/// <summary>What has an entry of the card's table: a connection or a listener.</summary>
internal abstract class ToeOneContext(ToeOneCard card, Socket socket) : IAsyncDisposable
{
    public IPEndPoint LocalEndPoint { get; } = (IPEndPoint)socket.LocalEndPoint!;

    public ToeReason Loss { get; set; } // Why the card lost it: its entry is free then, and whoever holds it is told at the next turn.

    protected bool IsOver { get; private set; }

    protected ToeOneCard Card => card;

    protected Socket Socket => socket;

    /// <summary>Raises what is due. On the card's thread, within its turn.</summary>
    public abstract void Look();

    public ValueTask DisposeAsync()
    {
        End(isReset: false);
        return ValueTask.CompletedTask;
    }

    protected void End(bool isReset)
    {
        lock (card.Registers)
        {
            socket.Close(isReset || !Loss.IsNone ? 0 : -1); // 0 is RST, -1 FIN behind what was sent, unless something was not read.
            IsOver = true;
        }

        lock (card.Turn)
            card.Contexts.TryRemove(this, out _);
    }
}

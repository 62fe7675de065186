using System.Net;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>A local endpoint in LISTEN. Made by <see cref="TcpEngine.Listen"/>; owner thread only.</summary>
public sealed class TcpListener
{
    private readonly TcpEngine _engine;

    internal TcpListener(TcpEngine engine, AddressValue address, IPEndPoint local, int backlog, TcpSocketOptions options,
        ITcpListenerEvents events)
    {
        _engine = engine;
        Address = address;
        LocalEndPoint = local;
        Backlog = backlog;
        Options = options;
        Events = events;
    }

    /// <summary>Where the listener listens, with the port the engine picked if 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Handshakes that may be under way at once; a SYN beyond is answered with a cookie (<see cref="TcpEngineOptions.SynCookies"/>), or dropped silently.
    /// Completed connections go to <see cref="ITcpListenerEvents.OnAccepted"/> at once and are never queued.</summary>
    public int Backlog { get; }

    /// <summary>Handshakes under way.</summary>
    public int HalfOpen { get; internal set; }

    /// <summary>The listener was stopped.</summary>
    public bool IsStopped { get; internal set; }

    /// <summary>Stops listening: handshakes under way are reset, accepted connections go on. Idempotent.</summary>
    public void Stop() => _engine.StopListening(this);

    internal AddressValue Address { get; }

    internal TcpSocketOptions Options { get; }

    internal ITcpListenerEvents Events { get; }
}

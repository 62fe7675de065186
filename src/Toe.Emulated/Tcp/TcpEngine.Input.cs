using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <content>Whose packet is it: connections, listeners, nobody (RFC 9293 §3.10.7.1 and §3.10.7.2).</content>
public sealed partial class TcpEngine
{
    private void Dispatch(ReadOnlySpan<byte> packet, bool checksumIsVerified)
    {
        switch (PacketParser.Parse(packet, checksumIsVerified, out var segment, out var icmp))
        {
            case ParseResult.Tcp: DispatchSegment(ref segment, packet); break;
            case ParseResult.Icmp: DispatchIcmp(packet[0] >> 4 == 4, icmp); break;
            case ParseResult.BadChecksum: Statistics.BadChecksum++; break;
            case ParseResult.Fragment: Statistics.Fragments++; break;
            case ParseResult.UnknownProtocol: Statistics.UnknownProtocol++; break;
            default: Statistics.Malformed++; break;
        }
    }

    private void DispatchSegment(ref Segment segment, ReadOnlySpan<byte> packet)
    {
        // MUST-57, MUST-63: silence, so that no answer goes where many would hear it.
        if (!segment.Tuple.Local.IsUsable || !segment.Tuple.Remote.IsUsable)
        {
            Statistics.InvalidAddress++;
            return;
        }
        if (_endpointsByTuple.TryGetValue(segment.Tuple, out var endpoint))
        {
            if (endpoint.Kept is { } kept) kept.Add(packet);
            else endpoint.OnSegment(ref segment);
            return;
        }
        if (FindListener(segment.Tuple) is { } listener && (Options.ResetUnknownSegments || segment.BeginsConnection))
        {
            if (!TryReceiveInListen(listener, ref segment, minimumSequence: null) && !Options.ResetUnknownSegments) _host.Decline(packet);
            return;
        }
        Statistics.UnknownSegments++;
        if (Options.ResetUnknownSegments) SendReset(in segment);
        else _host.Decline(packet);
    }

    internal TcpListener? FindListener(in FourTuple tuple) =>
        _listeners.TryGetValue((tuple.Local, tuple.LocalPort), out var listener)
        || _listeners.TryGetValue((tuple.Local.Any, tuple.LocalPort), out listener) ? listener : null;

    /// <summary>RFC 9293 §3.10.7.2.</summary>
    /// <returns>False for a SYN that was left alone: another stack may have it.</returns>
    private bool TryReceiveInListen(TcpListener listener, ref Segment segment, uint? minimumSequence)
    {
        if (segment.Has(TcpFlags.Rst)) return true;
        if (segment.Has(TcpFlags.Ack))
        {
            if (!TryAcceptCookie(listener, ref segment)) SendReset(in segment);
            return true;
        }
        if (!segment.Has(TcpFlags.Syn)) return true;
        // A connection with oneself, forged (the "LAND" attack).
        if (segment.Tuple.Local == segment.Tuple.Remote && segment.Tuple.LocalPort == segment.Tuple.RemotePort)
        {
            Statistics.InvalidAddress++;
            return true;
        }
        if (listener.HalfOpen >= listener.Backlog || Statistics.HalfOpen >= Options.MaximumHalfOpen)
        {
            if (Options.SynCookies) SendCookie(listener, in segment);
            else Statistics.SynsDropped++;
            return Options.SynCookies;
        }
        if (!Admit(listener, in segment))
        {
            Statistics.SynsNotAdmitted++;
            if (listener.Options.ResetWhenNotAdmitted) SendReset(in segment);
            return listener.Options.ResetWhenNotAdmitted;
        }
        // The event may have stopped the listener.
        if (listener.IsStopped) return true;
        Enlist(listener, TcpConnection.FromSyn(this, listener, in segment, minimumSequence));
        return true;
    }

    private TcpConnection Enlist(TcpListener listener, TcpConnection connection)
    {
        listener.HalfOpen++;
        Statistics.HalfOpen++;
        Statistics.Connections++;
        _endpoints.Add(connection);
        return connection;
    }

    private bool Admit(TcpListener listener, ref readonly Segment syn)
    {
        var incoming = new TcpIncoming(syn.Tuple, syn.Options);
        try
        {
            return listener.Events.Admit(incoming);
        }
        catch (Exception)
        {
            // The handler's fault costs this SYN only.
            Statistics.HandlerFailures++;
            return false;
        }
    }
}

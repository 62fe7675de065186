using System.Net.Sockets;
using Toe.Emulated.Tcp.Recovery;
using Toe.Emulated.Wire;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <content>Retransmission (RFC 6298), persist, delayed ACK, keep-alive and FIN-WAIT-2. One node in the queue serves all.</content>
internal sealed partial class TcpConnection
{
    /// <summary>R1 in retransmissions (RFC 9293 SHLD-10).</summary>
    private const int FirstThreshold = 3;

    private const int MostBackoff = 20;

    private long _retransmitAt = Never;
    private long _oldestUnacknowledgedAt;
    private int _consecutiveTimeouts;
    private bool _persisting;
    private long _persistAt = Never;
    private byte _persistBackoff;
    private long _probesUnansweredSince = Never;
    private long _delayedAckAt = Never;
    private long _keepAliveAt = Never;
    private int _keepAliveProbes;
    private long _finWaitAt = Never;

    /// <summary>RTO.</summary>
    private long CurrentTimeout => _roundTrip.Timeout(Engine.Options.MaximumRetransmissionTimeout.Ticks);

    private long LeastTimeout => Engine.Options.MinimumRetransmissionTimeout.Ticks;

    public override void OnTimer()
    {
        var now = Engine.Now;
        if (now >= _delayedAckAt)
        {
            _delayedAckAt = Never;
            _acknowledgeNow = true;
        }
        if (now >= _finWaitAt)
        {
            _finWaitAt = Never;
            End(SocketError.Success);
        }
        if (IsAlive && now >= _inFlight.ReorderingAt) OnReorderingTimeout();
        if (IsAlive && now >= _inFlight.ProbeAt) OnProbeTimeout();
        if (IsAlive && now >= _retransmitAt) OnRetransmissionTimeout();
        if (IsAlive && now >= _persistAt) OnPersistTimeout();
        if (IsAlive && now >= _keepAliveAt) OnKeepAliveTimeout();
        FinishTurn();
    }

    private void ArmTimers()
    {
        if (_unacknowledgedSegments > 0 && _delayedAckAt == Never && !_acknowledgeNow)
            _delayedAckAt = Engine.Now + Engine.Options.DelayedAcknowledgement.Ticks;
        var next = Math.Min(Math.Min(_retransmitAt, _persistAt), Math.Min(_delayedAckAt, Math.Min(_keepAliveAt, _finWaitAt)));
        next = Math.Min(next, Math.Min(_inFlight.ProbeAt, _inFlight.ReorderingAt));
        Engine.Timers.Set(this, next);
    }

    /// <summary>RFC 6298 5.1: starts the timer if it is not running.</summary>
    private void ArmRetransmission()
    {
        if (_retransmitAt != Never) return;
        if (_consecutiveTimeouts == 0) _oldestUnacknowledgedAt = Engine.Now;
        _retransmitAt = Math.Min(Engine.Now + CurrentTimeout, GivesUpAt);
    }

    /// <summary>5.2 and 5.3: off when nothing is in flight, from the beginning when something is.</summary>
    private void RestartRetransmission()
    {
        _retransmitAt = Never;
        if (Flight > 0 && !_persisting) ArmRetransmission();
    }

    /// <summary>New data was acknowledged.</summary>
    private void RestartTimers()
    {
        // RFC 6582 §3.2 step 3: without SACK only the first partial ACK restarts the timer.
        if (_selective || _phase != RecoveryPhase.FastRecovery || _firstPartial) RestartRetransmission();
        if (_phase == RecoveryPhase.FastRecovery) _firstPartial = false;
        ScheduleProbe();
    }

    /// <summary>R2 (RFC 9293 §3.8.3).</summary>
    private long GivesUpAt => State switch
    {
        TcpState.SynSent => _oldestUnacknowledgedAt + _options.ConnectTimeout.Ticks,
        TcpState.SynReceived => _oldestUnacknowledgedAt + (_passive ? Engine.Options.HalfOpenTimeout.Ticks : _options.ConnectTimeout.Ticks),
        _ => _oldestUnacknowledgedAt + _options.UserTimeout.Ticks,
    };

    private void OnRetransmissionTimeout()
    {
        _retransmitAt = Never;
        if (Engine.Now >= GivesUpAt)
        {
            TimeOut();
            return;
        }
        Engine.Statistics.RetransmissionTimeouts++;
        if (!_synAcknowledged)
        {
            CountTimeout();
            SendSyn(again: true);
            return;
        }
        if (_sendWindow == 0 && !(_finSent && _sendUnacknowledged == _finSequence))
        {
            // The window shrank to nothing under data in flight: that is for probes to find out, not a loss (MUST-35, SHLD-17).
            LoseFlight();
            StartPersisting();
            ProbeWindow();
            return;
        }
        _congestion.OnTimeout(Math.Min(Scoreboard.Outstanding, _congestion.Window), _consecutiveTimeouts == 0);
        _windowIsReduced = _ecn;
        CountTimeout();
        SuspectBlackHole();
        // What is lost goes again as slow start lets it; the first segment now, in Output. What was sent too late to have arrived is not
        // taken for lost (RFC 8985 §6.3).
        LoseFlight(_selective && _inFlight.Rack.RoundTrip > 0 ? Engine.Now - _inFlight.Rack.RoundTrip - ReorderingWindow : long.MaxValue);
        _resendsFirst = true;
    }

    /// <summary>RFC 6298 5.5, and R1. There is no IP layer below to doubt its route: the link watches its next hop by itself (RFC 4861 §7.3).</summary>
    private void CountTimeout()
    {
        _roundTrip.BackOff();
        if (++_consecutiveTimeouts == FirstThreshold) _advisory |= TcpAdvisory.DeliveryInDoubt;
    }

    private void StartPersisting()
    {
        if (_persisting) return;
        _persisting = true;
        _persistBackoff = 0;
        _probesUnansweredSince = Never;
        _retransmitAt = Never;
        _inFlight.ProbeAt = Never;
        _consecutiveTimeouts = 0;
        ArmPersist();
    }

    private void StopPersisting()
    {
        _persisting = false;
        _persistAt = Never;
        _probesUnansweredSince = Never;
    }

    private void ArmPersist()
    {
        var most = Engine.Options.MaximumRetransmissionTimeout.Ticks;
        var interval = CurrentTimeout > most >> _persistBackoff ? most : CurrentTimeout << _persistBackoff;
        // With an open window this is the sender's SWS override: 0.1 to 1 s (RFC 9293 §3.8.6.2.1).
        if (_sendWindow > 0) interval = Math.Min(interval, TimeSpan.TicksPerSecond);
        _persistAt = Engine.Now + interval;
        if (_probesUnansweredSince != Never) _persistAt = Math.Min(_persistAt, _probesUnansweredSince + _options.UserTimeout.Ticks);
    }

    private void OnPersistTimeout()
    {
        _persistAt = Never;
        if (_sendWindow > 0)
        {
            StopPersisting();
            Output(force: true);
            return;
        }
        // MUST-37: open as long as probes are answered.
        if (_probesUnansweredSince != Never && Engine.Now - _probesUnansweredSince >= _options.UserTimeout.Ticks)
        {
            TimeOut();
            return;
        }
        ProbeWindow();
    }

    /// <summary>One byte at the left edge (RFC 9293 §3.8.6.1), with exponential intervals (SHLD-30).</summary>
    private void ProbeWindow()
    {
        if (_probesUnansweredSince == Never) _probesUnansweredSince = Engine.Now;
        if (_persistBackoff < MostBackoff) _persistBackoff++;
        ArmPersist();
        if (_socket!.SendRing.Count == 0) return;
        _windowProbes++;
        // The byte may be refused: SND.NXT stays, it goes again with the rest.
        SendData(_sendUnacknowledged, 1, fin: false);
        _sendMaximum = Max(_sendMaximum, _sendUnacknowledged + 1);
    }

    private void OnKeepAliveTimeout()
    {
        _keepAliveAt = Never;
        var now = Engine.Now;
        var idleSince = Math.Max(_lastReceivedAt, 0);
        if (_keepAliveProbes == 0 && (Flight > 0 || _persisting || now - idleSince < _options.KeepAliveTime.Ticks))
        {
            // Not idle: retransmission watches over what is in flight (MUST-26).
            _keepAliveAt = Flight > 0 || _persisting ? now + _options.KeepAliveTime.Ticks : idleSince + _options.KeepAliveTime.Ticks;
            return;
        }
        if (_keepAliveProbes >= _options.KeepAliveCount)
        {
            TimeOut();
            return;
        }
        _keepAliveProbes++;
        _keepAliveAt = now + _options.KeepAliveInterval.Ticks;
        // SHLD-12: no data, one number before what the peer expects, so that it must answer.
        Transmit(Header(_sendMaximum - 1, TcpFlags.Ack));
    }

    /// <summary>The peer is not there. What ICMP said about the reason is what the application hears (SHLD-25).</summary>
    private void TimeOut() => End(_softError == SocketError.Success ? SocketError.TimedOut : _softError);
}

using Toe.Connections;
using Toe.Moving;

namespace Toe.Placing;

/// <summary>Keeps the host's connection tracking from forgetting connections that run on adapters: it sees none of their packets, and a firewall would refuse one that returns.</summary>
internal sealed class TrackingRenewal(ConnectionOwner owner, Mover mover, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1); // Of the five that an entry is kept.

    private long _renewedAt = time.GetTimestamp();

    /// <summary>True when the last time lies back long enough.</summary>
    public bool IsDue => time.GetElapsedTime(_renewedAt) >= Interval;

    /// <summary>Renews once in a while. A refusal is none of a move: the move back asks again.</summary>
    public void Renew()
    {
        if (!IsDue)
            return;
        _renewedAt = time.GetTimestamp();
        foreach (var connection in owner.All)
        {
            if (connection.IsAwayFromHost)
                mover.KeepTracked(connection.Tuple);
        }
    }
}

using Toe.Emulated.Tcp;

namespace Toe.Emulated.Links;

/// <summary>
/// What carries an engine's packets. One owner thread calls <see cref="Send"/>, <see cref="TryReceive"/> and <see cref="Wait"/>; any
/// thread may call <see cref="Wake"/> and read the properties.
/// </summary>
public interface ILink : IDisposable
{
    /// <summary>The largest IP packet on the link, in bytes.</summary>
    int Mtu { get; }

    /// <summary>What the link does beyond carrying packets of that size; stays the same.</summary>
    LinkOffloads Offloads { get; }

    /// <summary>True while the link carries packets. While it does not, packets are dropped and counted.</summary>
    bool IsUp { get; }

    /// <summary>A snapshot of what the link has carried and dropped since it was made.</summary>
    LinkStatistics Statistics { get; }

    /// <summary>
    /// Tells the new value of <see cref="IsUp"/> when it changes, on any thread and possibly under the link's locks: note it and wake
    /// the owner, no more.
    /// </summary>
    event Action<bool>? StateChanged;

    /// <summary>
    /// Sends one whole IPv4 or IPv6 packet: it is transmitted or copied before the return. Never blocks; what finds no room is dropped
    /// and counted.
    /// </summary>
    /// <param name="packet">The packet; the caller keeps the buffers. It leaves no more to do than <see cref="Offloads"/> has.</param>
    void Send(in OutgoingPacket packet);

    /// <summary>Takes one whole IP packet that has arrived, without blocking.</summary>
    /// <param name="buffer">Room for the packet, at least <see cref="LinkOffloads.MaximumPacket"/> bytes; a link that has it in memory already leaves it there.</param>
    /// <param name="packet">The packet, and what is known of it; valid until the owner's next call of the link other than <see cref="Send"/>.</param>
    /// <returns>False when nothing has arrived.</returns>
    /// <exception cref="ArgumentException"><paramref name="buffer"/> is shorter than <see cref="LinkOffloads.MaximumPacket"/>.</exception>
    bool TryReceive(Span<byte> buffer, out ReceivedPacket packet);

    /// <summary>
    /// Blocks until a packet can be received, <see cref="Wake"/> was called since the last wait, or the time is over. It may return early
    /// with nothing to do, as when the link had work of its own.
    /// </summary>
    /// <param name="timeout">The longest wait; zero does not block, <see cref="Timeout.InfiniteTimeSpan"/> has no limit.</param>
    void Wait(TimeSpan timeout);

    /// <summary>Ends the present or the next <see cref="Wait"/>. Several before the next wait are one.</summary>
    void Wake();
}

using Toe.Emulated.Tcp;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>
/// The neighbours of a station, without I/O and without a clock. Source: RFC 4861 §7.2 and §7.3 for both families; ARP's answers are
/// mapped onto it as RFC 826 allows. Not thread-safe.
/// </summary>
internal sealed class NeighborTable(TapLinkOptions options, INeighborOutput output, LinkCounters counters)
{
    private readonly Dictionary<AddressValue, NeighborEntry> _entries = [];
    private readonly List<NeighborEntry> _failed = [];
    private int _limit = options.NeighborLimit;

    /// <summary>When <see cref="RunTimers"/> has something to do; null when it has not.</summary>
    internal TimeSpan? NextTimer { get; private set; }

    internal int Count => _entries.Count;

    /// <summary>May be set from any thread; entries above a lowered limit stay until they give way.</summary>
    internal int Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>Has an entry for a neighbour to whom packets will follow, and asks it for its address unless that is known.</summary>
    /// <returns>False when the table is full of neighbours that are in use.</returns>
    internal bool TryPrepare(AddressValue nextHop, TimeSpan now)
    {
        if (_entries.TryGetValue(nextHop, out var entry))
            entry.LastUsed = now;
        else if (TryAdd(nextHop, now, out entry))
            Begin(entry, now);
        else
            return false;
        return true;
    }

    /// <summary>Sends a packet to a neighbour, now or when it has answered.</summary>
    internal void Send(AddressValue nextHop, in OutgoingPacket packet, TimeSpan now)
    {
        if (!_entries.TryGetValue(nextHop, out var entry))
        {
            if (!TryAdd(nextHop, now, out entry))
            {
                output.GiveUp(packet, LinkDropCause.NeighborTableFull);
                return;
            }

            Begin(entry, now);
        }

        entry.LastUsed = now;
        if (entry.State == NeighborState.Incomplete)
        {
            for (var dropped = entry.Keep(packet, options.PendingBytes); dropped > 0; dropped--)
                counters.Dropped(LinkDropCause.ResolutionQueueFull);
            return;
        }

        if (entry.State == NeighborState.Reachable && now >= entry.Deadline)
            entry.State = NeighborState.Stale;
        if (entry.State == NeighborState.Stale)
        {
            entry.State = NeighborState.Probe;
            entry.Attempts = 0;
            Ask(entry, now, entry.Hardware);
        }

        output.Transmit(entry.Hardware, packet);
    }

    /// <summary>A neighbour answered our question, or told of itself (RFC 4861 §7.2.5). Without an entry nothing is learnt.</summary>
    internal void Advertised(AddressValue address, ulong? hardware, bool solicited, bool replace, TimeSpan now)
    {
        if (!_entries.TryGetValue(address, out var entry))
            return;
        if (entry.State == NeighborState.Incomplete)
        {
            if (hardware is { } first)
                Resolve(entry, first, solicited, now);
            return;
        }

        var changed = hardware is { } told && told != entry.Hardware;
        if (changed && !replace)
        {
            if (entry.State == NeighborState.Reachable)
                entry.State = NeighborState.Stale;
            return;
        }

        if (hardware is { } next)
            entry.Hardware = next;
        if (solicited)
            Confirm(entry, now);
        else if (changed)
            entry.State = NeighborState.Stale;
    }

    /// <summary>A neighbour asked us for our address and told its own (RFC 4861 §7.2.3; RFC 826, packet reception).</summary>
    internal void Asked(AddressValue address, ulong hardware, TimeSpan now)
    {
        if (!_entries.TryGetValue(address, out var entry))
        {
            // It will answer to us: the answer to its first packet then needs no question. A full table goes without.
            if (TryAdd(address, now, out entry))
            {
                entry.Hardware = hardware;
                entry.State = NeighborState.Stale;
            }
        }
        else if (entry.State == NeighborState.Incomplete)
            Resolve(entry, hardware, solicited: false, now);
        else if (entry.Hardware != hardware)
        {
            entry.Hardware = hardware;
            entry.State = NeighborState.Stale;
        }
    }

    /// <summary>Asks again and gives up, as time demands.</summary>
    internal void RunTimers(TimeSpan now)
    {
        if (NextTimer is not { } next || now < next)
            return;
        NextTimer = null;
        foreach (var entry in _entries.Values)
        {
            if (entry.State is not (NeighborState.Incomplete or NeighborState.Probe))
                continue;
            if (now < entry.Deadline)
                Schedule(entry.Deadline);
            else if (entry.Attempts >= options.ResolutionAttempts)
                _failed.Add(entry);
            else
                Ask(entry, now, entry.State == NeighborState.Probe ? entry.Hardware : null);
        }

        foreach (var entry in _failed)
        {
            _entries.Remove(entry.Address);
            Release(entry, give: true);
        }

        _failed.Clear();
    }

    /// <summary>Forgets everything and gives the buffers back.</summary>
    internal void Clear()
    {
        foreach (var entry in _entries.Values)
            Release(entry, give: false);
        _entries.Clear();
        NextTimer = null;
    }

    private void Begin(NeighborEntry entry, TimeSpan now)
    {
        entry.State = NeighborState.Incomplete;
        Ask(entry, now, known: null);
    }

    private void Ask(NeighborEntry entry, TimeSpan now, ulong? known)
    {
        entry.Attempts++;
        entry.Deadline = now + options.ResolutionInterval;
        Schedule(entry.Deadline);
        output.Solicit(entry.Address, known);
    }

    private void Resolve(NeighborEntry entry, ulong hardware, bool solicited, TimeSpan now)
    {
        entry.Hardware = hardware;
        if (solicited)
            Confirm(entry, now);
        else
            entry.State = NeighborState.Stale;
        while (entry.TryTake(out var kept))
        {
            output.Transmit(hardware, kept.Packet);
            kept.Return();
        }
    }

    private void Confirm(NeighborEntry entry, TimeSpan now)
    {
        entry.State = NeighborState.Reachable;
        entry.Deadline = now + options.ReachableTime;
        entry.Attempts = 0;
    }

    private bool TryAdd(AddressValue address, TimeSpan now, out NeighborEntry entry)
    {
        entry = new NeighborEntry(address) { LastUsed = now };
        if (_entries.Count >= Limit && !TryEvict(now))
            return false;
        _entries.Add(address, entry);
        return true;
    }

    // Only a neighbour that is not confirmed gives way, the longest unused first.
    private bool TryEvict(TimeSpan now)
    {
        NeighborEntry? victim = null;
        foreach (var entry in _entries.Values)
        {
            var old = entry.State == NeighborState.Stale || (entry.State == NeighborState.Reachable && now >= entry.Deadline);
            if (old && (victim is null || entry.LastUsed < victim.LastUsed))
                victim = entry;
        }

        return victim is not null && _entries.Remove(victim.Address);
    }

    private void Release(NeighborEntry entry, bool give)
    {
        while (entry.TryTake(out var kept))
        {
            if (give)
                output.GiveUp(kept.Packet, LinkDropCause.Unresolved);
            kept.Return();
        }
    }

    private void Schedule(TimeSpan deadline)
    {
        if (NextTimer is not { } next || deadline < next)
            NextTimer = deadline;
    }
}

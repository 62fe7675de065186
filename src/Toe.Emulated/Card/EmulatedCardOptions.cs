using Toe.Emulated.Tcp;
using Toe.Linux;

namespace Toe.Emulated;

/// <summary>How a card is made.</summary>
public sealed record EmulatedCardOptions
{
    /// <summary>The most <see cref="Shards"/>: the queues that a TAP device can have (MAX_TAP_QUEUES of drivers/net/tun.c).</summary>
    public const int MaximumShards = 256;

    /// <summary>The highest number in <see cref="Processors"/>.</summary>
    public const int MaximumProcessor = ThreadAffinity.MaximumProcessors - 1;

    /// <summary>The card's name within its provider; its adapter id is <c>emulated:</c> and this. Default <c>fabric</c>.</summary>
    public string Name { get; init; } = "fabric";

    /// <summary>Limits, model and firmware. Default <see cref="CardProfile.Default"/>.</summary>
    public CardProfile Profile { get; init; } = CardProfile.Default;

    /// <summary>The engine's settings; copied. The largest packet and the offloads are the link's, and no more than a quarter of the connection table is in TIME-WAIT. Default: the engine's own, but that an unreachable peer ends a connect at once, as it does on the host stack.</summary>
    public TcpEngineOptions Engine { get; init; } = new() { AbortConnectOnSoftErrors = true };

    /// <summary>Send and receive buffer of a connection that asks for none, in bytes. Default 1 MiB.</summary>
    public int BufferSize { get; init; } = 1024 * 1024;

    /// <summary>Threads of the card, each with an engine of its own; flows are spread over them by a keyed hash. On a TAP device each has a queue, so with
    /// more than one the device must be made with <c>multi_queue</c>. Each has its part of the engine's limits and learns its own neighbours; connections and memory of the profile
    /// are counted for all. 1 to 256, default 1.</summary>
    /// <remarks>More threads help with many connections, and never with one. A <c>multi_queue</c> device lets another process attach beside the card, and
    /// then gives each a part of the packets: see that nobody does.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 or more than 256.</exception>
    public int Shards
    {
        get;
        init => field = value is >= 1 and <= MaximumShards
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"A card has 1 to {MaximumShards} shards.");
    } = 1;

    /// <summary>The processors that the card's threads are bound to, by number as in /proc/cpuinfo, in turn when they are fewer than <see cref="Shards"/>.
    /// Linux only. Default empty: the kernel places the threads. Where one cannot be used, the card is not taken, with the reason.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not one from 0 to 1023.</exception>
    public IReadOnlyList<int> Processors
    {
        get;
        init => field = value.All(static processor => processor is >= 0 and <= MaximumProcessor)
            ? [.. value]
            : throw new ArgumentOutOfRangeException(nameof(value), string.Join(", ", value), $"Processors are numbered from 0 to {MaximumProcessor}.");
    } = [];

    /// <summary>How long a thread goes on asking its link after something came, before it sleeps: it saves the wake-up of the next packet and costs the
    /// processor meanwhile. Needs a processor of its own in <see cref="Processors"/> for each of <see cref="Shards"/>, and one of the machine's left for
    /// others. Default zero: a thread with nothing to do sleeps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan BusyPoll
    {
        get;
        init => field = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A time cannot be negative.");
    }

    /// <summary>Lets the card open nothing between the end of a crash and this much later. Default zero.</summary>
    public TimeSpan RecoveryTime { get; init; }
}

using System.Runtime.InteropServices;

namespace Toe.Emulated.Tcp.Congestion;

/// <summary>What an ACK of new data tells a congestion control.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct CongestionSample
{
    /// <summary>Bytes newly acknowledged.</summary>
    public required long Acknowledged { get; init; }

    /// <summary>Bytes in flight before the ACK.</summary>
    public required long FlightBefore { get; init; }

    /// <summary>SND.UNA after the ACK.</summary>
    public required uint SendUnacknowledged { get; init; }

    /// <summary>SND.NXT.</summary>
    public required uint SendNext { get; init; }

    /// <summary>The round trip this ACK shows, in ticks; 0 when it shows none.</summary>
    public required long RoundTrip { get; init; }

    /// <summary>SRTT in ticks.</summary>
    public required long SmoothedRoundTrip { get; init; }

    /// <summary>The time.</summary>
    public required long Now { get; init; }
}

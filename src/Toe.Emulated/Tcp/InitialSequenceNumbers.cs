using System.Runtime.InteropServices;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>ISN = M + F(connection, secret), RFC 6528 §3 and RFC 9293 MUST-8, MUST-9; and what else must look random outside.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct InitialSequenceNumbers(KeyedHash hash)
{
    /// <summary>M goes up every 4 µs (RFC 9293 §3.4.1).</summary>
    private const long TicksPerStep = 4 * TimeSpan.TicksPerMicrosecond;

    private const byte SequencePurpose = 1, TimestampPurpose = 2, PortPurpose = 3;

    public uint Next(in FourTuple tuple, long now) => (uint)(now / TicksPerStep) + (uint)hash.Of(tuple, SequencePurpose);

    /// <summary>The timestamp clock's offset: the same for each incarnation of a connection, so that PAWS and RFC 6191 keep working, and
    /// unlike any other's, so that it does not tell the uptime (RFC 7323 §5.4).</summary>
    public uint TimestampOffset(in FourTuple tuple) => (uint)hash.Of(tuple, TimestampPurpose);

    public uint PortOffset(in FourTuple tuple) => (uint)hash.OfEnds(tuple, PortPurpose);
}

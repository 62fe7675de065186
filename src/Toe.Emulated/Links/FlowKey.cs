using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>A local and a remote endpoint as the receiver of a packet sees them; a remote of zeros stands for any.</summary>
internal readonly record struct FlowKey(UInt128 LocalAddress, int LocalPort, UInt128 RemoteAddress, int RemotePort)
{
    internal FlowKey AnyRemote => new(LocalAddress, LocalPort, UInt128.Zero, 0);

    internal FlowKey AnyLocal => new(AddressValue.AnyOf(LocalAddress), LocalPort, UInt128.Zero, 0);

    internal FourTuple ToTuple() => new(Value(LocalAddress), (ushort)LocalPort, Value(RemoteAddress), (ushort)RemotePort);

    private static Wire.AddressValue Value(UInt128 address) => new((ulong)(address >> 64), (ulong)address);
}

namespace Toe.Emulated.Links;

/// <summary>A local and a remote endpoint as the receiver of a packet sees them; a remote of zeros stands for any.</summary>
internal readonly record struct FlowKey(UInt128 LocalAddress, int LocalPort, UInt128 RemoteAddress, int RemotePort)
{
    internal FlowKey AnyRemote => new(LocalAddress, LocalPort, UInt128.Zero, 0);

    internal FlowKey AnyLocal => new(AddressValue.AnyOf(LocalAddress), LocalPort, UInt128.Zero, 0);
}

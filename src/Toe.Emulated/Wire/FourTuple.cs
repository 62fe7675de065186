using System.Runtime.InteropServices;

namespace Toe.Emulated.Wire;

/// <summary>What names a connection: both addresses and both ports, seen from this side.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FourTuple(AddressValue Local, ushort LocalPort, AddressValue Remote, ushort RemotePort);

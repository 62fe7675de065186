using System.Net;
using System.Runtime.InteropServices;

namespace Toe.Emulated.Wire;

/// <summary>What names a connection: both addresses and both ports, seen from this side.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FourTuple(AddressValue Local, ushort LocalPort, AddressValue Remote, ushort RemotePort)
{
    public static FourTuple Of(IPEndPoint local, IPEndPoint remote) =>
        new(AddressValue.From(local.Address), (ushort)local.Port, AddressValue.From(remote.Address), (ushort)remote.Port);
}

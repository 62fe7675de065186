using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Toe.Core.Tests.Scripted;

/// <summary>A kernel socket below an adapter socket.</summary>
internal sealed class ScriptedKernelSocket : ScriptedSocket, ISocketBacked
{
    public ScriptedKernelSocket(ScriptedAdapter adapter, IPEndPoint local, IPEndPoint remote, IAdapterSocketEvents events)
        : base(adapter, local, remote, events) =>
        Info = static () => new AdapterSocketInfo(TcpState.Established, OffloadConfidence.Likely);

    public Socket Socket { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public TimeSpan? SendDeadline => ((ScriptedKernelAdapter)Adapter).SendDeadline;

    public override ValueTask DisposeAsync()
    {
        Socket.Dispose();
        return base.DisposeAsync();
    }
}

using System.Net;
using System.Net.Sockets;

namespace Toe.Core.Tests.Scripted;

/// <summary>The KernelManaged model: ordinary sockets that a kernel module may take, and that can be marked so that it does not.</summary>
internal sealed class ScriptedKernelAdapter : ScriptedAdapter, ISteersHostSockets
{
    private int _keptOff;

    public ScriptedKernelAdapter(string id, bool canKeepOff)
        : base(id, OffloadModel.KernelManaged) =>
        Change(status => status with
        {
            Capabilities = status.Capabilities with
            {
                CanKeepOff = canKeepOff,
                Features = Facts.Queried(AdapterFeatures.ActiveOpen | AdapterFeatures.IPv4 | AdapterFeatures.IPv6),
            },
        });

    public Func<Socket, ToeReason> Steering { get; set; } = static _ => ToeReason.None;

    /// <summary>What its sockets say.</summary>
    public TimeSpan? SendDeadline { get; set; }

    /// <summary>How many sockets were kept off.</summary>
    public int KeptOff => Volatile.Read(ref _keptOff);

    public ToeReason KeepOff(Socket beforeConnectOrListen)
    {
        Interlocked.Increment(ref _keptOff);
        return Steering(beforeConnectOrListen);
    }

    protected override ScriptedSocket MakeSocket(IPEndPoint local, IPEndPoint remote, IAdapterSocketEvents events)
    {
        var socket = new ScriptedKernelSocket(this, local, remote, events);
        Connect = static async (scripted, cancellationToken) =>
        {
            try
            {
                await ((ScriptedKernelSocket)scripted).Socket.ConnectAsync(scripted.RemoteEndPoint, cancellationToken);
                return ConnectResult.Connected;
            }
            catch (SocketException exception)
            {
                return ConnectResult.Answered(exception.SocketErrorCode);
            }
        };
        return socket;
    }
}

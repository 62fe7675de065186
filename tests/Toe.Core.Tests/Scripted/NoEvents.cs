using System.Net.Sockets;

namespace Toe.Core.Tests.Scripted;

/// <summary>Stands in until the stack has named its receiver.</summary>
internal sealed class NoEvents : IAdapterSocketEvents
{
    public static NoEvents Instance { get; } = new();

    public void OnReady(Readiness what)
    {
    }

    public void OnClosed(SocketError error, ToeReason reason)
    {
    }

    public void OnUploadWanted(ToeReason reason, bool mandatory)
    {
    }
}

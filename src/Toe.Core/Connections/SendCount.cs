using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Linux;

namespace Toe.Connections;

/// <summary>Tells how much of a broken send the kernel took. One send at a time.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SendCount(Socket socket)
{
    private long _known = TcpSendCount.Read(socket);

    /// <summary>A send was taken whole.</summary>
    public void Took(int bytes) => _known += bytes;

    /// <summary>A send ended, and did not say how much of it was taken.</summary>
    /// <returns>How many bytes were.</returns>
    public int Settle()
    {
        var before = _known;
        _known = TcpSendCount.Read(socket);
        return (int)(_known - before);
    }
}

using System.Net;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Throughput.Engine;

/// <summary>Two engines on a fabric of their own, each on a thread and a CPU.</summary>
internal sealed class FabricPair : IDisposable
{
    private const int FirstPort = 10000;

    private static readonly IPAddress ClientAddress = IPAddress.Parse("10.0.0.1");
    private static readonly IPEndPoint ServerEndPoint = IPEndPoint.Parse("10.0.0.2:80");

    private readonly FabricPort _clientPort;
    private readonly FabricPort _serverPort;
    private readonly TcpSocketOptions _options;

    /// <summary>Makes the pair.</summary>
    /// <param name="mtu">The fabric's.</param>
    /// <param name="options">Of all connections.</param>
    /// <param name="faults">Of the packets that each side sends; null for none.</param>
    public FabricPair(int mtu, TcpSocketOptions options, LinkFaults? faults = null)
    {
        var fabric = new Fabric(new FabricOptions { Mtu = mtu });
        (_clientPort, _serverPort, _options) = (fabric.Attach(), fabric.Attach(), options);
        _serverPort.TryClaim(ServerEndPoint);
        Client = new EngineLoop(WithFaults(_clientPort, faults), new TcpEngineOptions(), Cpu.Driver);
        Server = new EngineLoop(WithFaults(_serverPort, faults), new TcpEngineOptions(), Cpu.End);
    }

    public EngineLoop Client { get; }

    public EngineLoop Server { get; }

    public void Listen(ITcpListenerEvents events) => Server.Invoke(engine => engine.Listen(ServerEndPoint, 1024, _options, events));

    /// <summary>Claims what connections with these numbers need; done beforehand where the claims shall not be measured.</summary>
    public void Claim(int connections)
    {
        for (var number = 0; number < connections; number++)
            _clientPort.TryClaim(Local(number));
    }

    public void Connect(int number, SocketHandler handler) => Connect(number, handler, socket => handler.Socket = socket);

    /// <summary>Begins an active open.</summary>
    /// <param name="number">Which of the claimed ports.</param>
    /// <param name="events">Who hears of it.</param>
    /// <param name="take">Takes the socket, before the first event.</param>
    public void Connect(int number, ITcpSocketEvents events, Action<TcpSocket> take) => Client.Invoke(engine =>
    {
        take(engine.Connect(Local(number), ServerEndPoint, _options, events));
        return true;
    });

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }

    private static ILink WithFaults(FabricPort port, LinkFaults? faults) => faults is null ? port : new FaultInjectingLink(port, faults);

    private static IPEndPoint Local(int number) => new(ClientAddress, FirstPort + number);
}

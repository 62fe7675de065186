using System.Net;
using System.Net.Sockets;
using Toe.Throughput.Ends;

namespace Toe.Throughput.Kernel;

/// <summary>The kernel's TCP as an end: blocking calls, a thread for each connection.</summary>
internal static class KernelServer
{
    private const int Backlog = 1024;

    public static void Start(IPAddress address)
    {
        Listen(address, Mode.Sink, Sink);
        Listen(address, Mode.Source, Send);
        Listen(address, Mode.Echo, Echo);
    }

    private static void Listen(IPAddress address, Mode mode, Action<Socket, byte[]> serve)
    {
        var listener = KernelSocket.Create();
        listener.Bind(new IPEndPoint(address, Port.Of(mode, slowed: false)));
        listener.Listen(Backlog);
        Threads.Start("accept " + mode, () =>
        {
            listener.ReceiveTimeout = 0; // As long as it takes.
            while (true)
            {
                var socket = listener.Accept();
                Threads.Start(mode.ToString(), () => Serve(socket, serve));
            }
        });
    }

    private static void Serve(Socket socket, Action<Socket, byte[]> serve)
    {
        using (socket)
        {
            KernelSocket.Tune(socket);
            try
            {
                serve(socket, GC.AllocateUninitializedArray<byte>(KernelSocket.CallSize));
            }
            catch (SocketException)
            {
                // The driver was done with it, or says itself what is missing.
            }
        }
    }

    private static void Sink(Socket socket, byte[] buffer)
    {
        while (socket.Receive(buffer) > 0)
        {
        }
    }

    private static void Send(Socket socket, byte[] buffer)
    {
        while (!socket.Poll(0, SelectMode.SelectRead))
            socket.Send(buffer);
    }

    private static void Echo(Socket socket, byte[] buffer)
    {
        int received;
        while ((received = socket.Receive(buffer)) > 0)
            socket.Send(buffer.AsSpan(0, received));
    }
}

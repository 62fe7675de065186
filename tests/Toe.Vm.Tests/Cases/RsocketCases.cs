using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Linux;
using Toe.Vm.Tests.Devices;

namespace Toe.Vm.Tests.Cases;

/// <summary>The binding to librdmacm on Soft-iWARP.</summary>
[SupportedOSPlatform("linux")]
internal static class RsocketCases
{
    public static readonly GuestCase[] All =
    [
        new("rsocket: the device is found, with its interface", FindAsync),
        new("rsocket: bytes both ways, half close, end", EchoAsync),
        new("rsocket: either end ends its stream first, 200 connections", EndFirstAsync),
        new("rsocket: nobody there", RefusedAsync),
        new("rsocket: closed with bytes that arrived and nobody took, it is cut off", CloseUnreadAsync),
        new("rsocket: keep-alive asks the peer's device, and disturbs nobody", KeepAliveAsync),
    ];

    private static async Task FindAsync(CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var host = new LiveHost();
        var device = InfinibandDevices.Find(host).Single();
        Check.Equal(SiwDevice.Name, device.Name);
        Check.True(device.IsIwarp, $"node type {device.NodeType}");
        Check.Equal(SiwDevice.Interface, device.Interfaces.Single());
        Check.Equal(null, device.PciAddress);
        Check.Equal(true, device.Ports.Single().IsActive);
    }

    private static async Task EchoAsync(CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var engine = new RsocketEngine();
        using var listener = new RsocketDoor(engine, new IPEndPoint(SiwDevice.Address, 0));
        using var client = await RsocketPeer.ConnectAsync(engine, listener.LocalEndPoint, cancellationToken);
        using var server = await listener.AcceptAsync(cancellationToken);
        Check.Equal(client.LocalEndPoint, server.RemoteEndPoint);
        var content = new byte[1024 * 1024];
        new Random(7).NextBytes(content);
        var sending = client.SendAsync(content, cancellationToken);
        var received = await server.ReceiveAsync(content.Length, cancellationToken);
        await sending;
        Check.True(received.AsSpan().SequenceEqual(content));
        client.ShutdownSend();
        Check.Equal(0, (await server.ReceiveAsync(1, cancellationToken)).Length);
        sending = server.SendAsync(content, cancellationToken); // The other half still runs.
        Check.True((await client.ReceiveAsync(content.Length, cancellationToken)).AsSpan().SequenceEqual(content));
        await sending;
        server.ShutdownSend();
        Check.Equal(0, (await client.ReceiveAsync(1, cancellationToken)).Length);
        server.Dispose(); // Both have ended: what is left is no loss.
        while (RdmaLibrary.OpenSockets > 1)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
        Check.Equal(null, client.Over);
    }

    /// <summary>Who has ended his stream waits for nothing: the other hears of it all the same.</summary>
    private static async Task EndFirstAsync(CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var engine = new RsocketEngine();
        using var listener = new RsocketDoor(engine, new IPEndPoint(SiwDevice.Address, 0));
        for (var i = 0; i < 200; i++)
        {
            using var client = await RsocketPeer.ConnectAsync(engine, listener.LocalEndPoint, cancellationToken);
            using var server = await listener.AcceptAsync(cancellationToken);
            var (first, second) = i % 2 == 0 ? (server, client) : (client, server);
            first.ShutdownSend();
            Check.Equal(0, (await second.ReceiveAsync(1, cancellationToken)).Length);
            await second.SendAsync("still here"u8.ToArray(), cancellationToken);
            second.ShutdownSend();
            Check.Equal(10, (await first.ReceiveAsync(11, cancellationToken)).Length);
        }
    }

    /// <summary>The end that connected closes: the other has more than half of its ring to send, so it hears when the first of it has left the device, which on the loopback is when it arrived.</summary>
    private static async Task CloseUnreadAsync(CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var engine = new RsocketEngine();
        using var listener = new RsocketDoor(engine, new IPEndPoint(SiwDevice.Address, 0));
        using var client = await RsocketPeer.ConnectAsync(engine, listener.LocalEndPoint, cancellationToken);
        using var server = await listener.AcceptAsync(cancellationToken);
        await client.SendAsync("go"u8.ToArray(), cancellationToken); // The end that accepted sends nothing before.
        await server.ReceiveAsync(2, cancellationToken);
        await server.SendAsync(new byte[200 * 1024], cancellationToken);
        await server.WaitAsync(Readiness.Send, cancellationToken);
        client.Dispose();
        await server.WaitAsync(Readiness.Receive, cancellationToken);
        Check.Equal(IoStatus.Reset, server.Socket.Receive(new byte[1], out _));
        Check.Equal(104, server.Over); // ECONNRESET
    }

    private static async Task KeepAliveAsync(CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var engine = new RsocketEngine();
        using var listener = new RsocketDoor(engine, new IPEndPoint(SiwDevice.Address, 0));
        using var client = await RsocketPeer.ConnectAsync(engine, listener.LocalEndPoint, cancellationToken, keepAlive: TimeSpan.FromSeconds(1));
        using var server = await listener.AcceptAsync(cancellationToken);
        var before = SegmentsSent();
        while (SegmentsSent() < before + 6) // Three times there and back. The guest has no other TCP just now.
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);

        await client.SendAsync("still"u8.ToArray(), cancellationToken);
        Check.Equal(5, (await server.ReceiveAsync(5, cancellationToken)).Length);
        await server.SendAsync("here"u8.ToArray(), cancellationToken);
        Check.Equal(4, (await client.ReceiveAsync(4, cancellationToken)).Length);
        Check.Equal((null, null), (client.Over, server.Over));
    }

    /// <summary>OutSegs of the kernel's TCP, in which Soft-iWARP's runs: /proc/net/snmp, RFC 1213 tcpOutSegs.</summary>
    private static long SegmentsSent()
    {
        var lines = File.ReadLines("/proc/net/snmp").Where(static line => line.StartsWith("Tcp:", StringComparison.Ordinal)).Select(static line => line.Split(' ')).ToArray();
        return long.Parse(lines[1][Array.IndexOf(lines[0], "OutSegs")], CultureInfo.InvariantCulture);
    }

    private static async Task RefusedAsync(CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var engine = new RsocketEngine();
        using var gone = new TcpListener(SiwDevice.Address, 0);
        gone.Start();
        var nobody = (IPEndPoint)gone.LocalEndpoint;
        gone.Stop();
        try
        {
            using var client = await RsocketPeer.ConnectAsync(engine, nobody, cancellationToken);
            Check.True(false, "connected to nobody");
        }
        catch (LinuxException exception)
        {
            Check.Equal("ECONNREFUSED", exception.ErrorName);
        }
    }
}

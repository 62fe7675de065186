using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Linux;
using Toe.Vm.Tests.Devices;

namespace Toe.Vm.Tests.Cases;

/// <summary>Our rsockets and who else comes: librdmacm's own rsockets, strangers, and clients of plain TCP.</summary>
[SupportedOSPlatform("linux")]
internal static class InteropCases
{
    private static readonly Rstream.Plan Plan = new(Size: 100_000, Count: 20, Rounds: 3);

    public static readonly GuestCase[] All =
    [
        new("rsocket: librdmacm's rsockets as the server, verified at both ends", ServedAsync),
        new("rsocket: librdmacm's rsockets as the client, blocking, verified at both ends", token => ServeAsync("v", token)),
        new("rsocket: librdmacm's rsockets as the client, polling, verified at both ends", token => ServeAsync("v -T a -T n", token)),
        new("rsocket: a peer whose device lets the first message lie is sent something behind it", LetLieAsync),
        new("rsocket: a stranger is turned away before it is connected", StrangerAsync),
        new("rsocket: a client of plain TCP is dropped, and disturbs nobody", PlainAsync),
    ];

    private static async Task ServedAsync(CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var engine = new RsocketEngine();
        var local = new IPEndPoint(SiwDevice.Address, FreePort());
        using var rstream = Rstream.Serve(local, Plan, "v");
        using var client = await ConnectSoonAsync(engine, local, cancellationToken);
        var (mine, theirs) = (new Counting(), new Counting());
        await client.SendAsync(mine.Make(Rstream.Plan.Hello), cancellationToken);
        theirs.Verify(await client.ReceiveAsync(Rstream.Plan.Hello, cancellationToken), Rstream.Plan.Hello);
        for (var round = 0; round < Plan.Rounds; round++)
        {
            for (var piece = 0; piece < Plan.Count; piece++)
                await client.SendAsync(mine.Make(Plan.Size), cancellationToken);
            theirs.Verify(await client.ReceiveAsync(Plan.Size * Plan.Count, cancellationToken), Plan.Size * Plan.Count);
        }

        Check.Equal(0, (await client.ReceiveAsync(1, cancellationToken)).Length); // It closes.
        await rstream.EndAsync(cancellationToken);
    }

    private static async Task ServeAsync(string test, CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var engine = new RsocketEngine();
        using var door = new RsocketDoor(engine, new IPEndPoint(SiwDevice.Address, 0));
        using var rstream = Rstream.Connect(door.LocalEndPoint, Plan, test);
        using var server = await door.AcceptAsync(cancellationToken);
        var (mine, theirs) = (new Counting(), new Counting());
        theirs.Verify(await server.ReceiveAsync(Rstream.Plan.Hello, cancellationToken), Rstream.Plan.Hello);
        await server.SendAsync(mine.Make(Rstream.Plan.Hello), cancellationToken);
        for (var round = 0; round < Plan.Rounds; round++)
        {
            theirs.Verify(await server.ReceiveAsync(Plan.Size * Plan.Count, cancellationToken), Plan.Size * Plan.Count);
            for (var piece = 0; piece < Plan.Count; piece++)
                await server.SendAsync(mine.Make(Plan.Size), cancellationToken);
        }

        Check.Equal(0, (await server.ReceiveAsync(1, cancellationToken)).Length);
        await rstream.EndAsync(cancellationToken);
    }

    /// <summary>As Soft-iWARP does when the message comes before it listens to its socket: the connection would stand still where the peer has to speak next.</summary>
    private static async Task LetLieAsync(CancellationToken cancellationToken)
    {
        const int EmptyWrite = 14; // RFC 5040, 4.1: a tagged header, and nothing behind it
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var engine = new RsocketEngine();
        using var peer = new MpaPeer();
        var accepting = peer.AcceptAsync(cancellationToken);
        using var client = await RsocketPeer.ConnectAsync(engine, peer.LocalEndPoint, cancellationToken);
        await accepting;
        Check.True((await peer.ReadFrameAsync(cancellationToken)).Length > EmptyWrite); // A window for the peer,
        Check.True((await peer.ReadFrameAsync(cancellationToken)).Length > EmptyWrite); // and the message that it is there.
        Check.Equal(EmptyWrite, (await peer.ReadFrameAsync(cancellationToken)).Length);
        Check.Equal(EmptyWrite, (await peer.ReadFrameAsync(cancellationToken)).Length);
        Check.Equal(null, client.Over);
    }

    private static async Task StrangerAsync(CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var engine = new RsocketEngine();
        var knocked = new List<IPEndPoint>();
        using var door = new RsocketDoor(engine, new IPEndPoint(SiwDevice.Address, 0))
        {
            Admits = remote =>
            {
                knocked.Add(remote);
                return false;
            },
        };
        try
        {
            using var client = await RsocketPeer.ConnectAsync(engine, door.LocalEndPoint, cancellationToken);
            Check.True(false, "it was let in");
        }
        catch (LinuxException exception)
        {
            Check.True(exception.ErrorName is "ECONNREFUSED" or "ECONNRESET", exception.ErrorName);
        }

        Check.Equal(SiwDevice.Address, knocked.Single().Address);
    }

    private static async Task PlainAsync(CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        using var engine = new RsocketEngine();
        using var door = new RsocketDoor(engine, new IPEndPoint(SiwDevice.Address, 0));
        using var silent = new TcpClient();
        await silent.ConnectAsync(door.LocalEndPoint, cancellationToken);
        using var talking = new TcpClient();
        await talking.ConnectAsync(door.LocalEndPoint, cancellationToken);
        await talking.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: somebody\r\n\r\n"u8.ToArray(), cancellationToken);
        using var client = await RsocketPeer.ConnectAsync(engine, door.LocalEndPoint, cancellationToken);
        using var server = await door.AcceptAsync(cancellationToken);
        await client.SendAsync("hello"u8.ToArray(), cancellationToken);
        Check.Equal(5, (await server.ReceiveAsync(5, cancellationToken)).Length);
        await EndsAsync(talking, cancellationToken);
        await EndsAsync(silent, cancellationToken); // Soft-iWARP's own deadline, ten seconds: linux drivers/infiniband/sw/siw/siw_cm.h, MPAREQ_TIMEOUT.
    }

    private static async Task EndsAsync(TcpClient client, CancellationToken cancellationToken)
    {
        try
        {
            Check.Equal(0, await client.GetStream().ReadAsync(new byte[1], cancellationToken));
        }
        catch (IOException)
        {
            // Reset.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(SiwDevice.Address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<RsocketPeer> ConnectSoonAsync(RsocketEngine engine, IPEndPoint remote, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await RsocketPeer.ConnectAsync(engine, remote, cancellationToken);
            }
            catch (LinuxException exception) when (exception.ErrorName == "ECONNREFUSED")
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken); // It is starting.
            }
        }
    }
}

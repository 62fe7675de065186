using System.Net;
using System.Security.Cryptography;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.Integration.Tests;

/// <summary>The offload model of NetXtreme II: another carrier establishes the connection, and the 57810 profile takes its state over, and gives it back, while the application goes on.</summary>
public sealed class EstablishedStateTests
{
    private const int Moves = 20;
    private const int Chunk = 300_000;
    private const string Full = "emulated:full";
    private const string Established = "emulated:57810";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_MoveOntoThe57810AndBack_WhileBytesFlowBothWays()
    {
        await using var stack = await StartAsync();
        var (client, server) = await ConnectAsync(stack);
        await using var clientOwner = client;
        await using var serverOwner = server;
        var (up, down) = (RandomNumberGenerator.GetBytes(Moves * Chunk), RandomNumberGenerator.GetBytes(Moves * Chunk));
        var receiving = Task.WhenAll(ReceiveAsync(server), ReceiveAsync(client));

        for (var move = 0; move < Moves; move++)
        {
            var sending = Task.WhenAll(
                client.SendAsync(up.AsMemory(move * Chunk, Chunk), Cancel).AsTask(), server.SendAsync(down.AsMemory(move * Chunk, Chunk), Cancel).AsTask());
            Assert.Equal(ToeReason.None, await client.MoveAsync(move % 2 == 0 ? Established : Full, Cancel));
            await sending;
        }

        await Task.WhenAll(client.CompleteSendingAsync(Cancel).AsTask(), server.CompleteSendingAsync(Cancel).AsTask());
        var received = await receiving;
        Assert.Equal(SHA256.HashData(up), SHA256.HashData(received[0]));
        Assert.Equal(SHA256.HashData(down), SHA256.HashData(received[1]));
    }

    [Fact]
    public async Task ThePlacement_NamesTheCardAndItsModel()
    {
        await using var stack = await StartAsync();
        var (client, server) = await ConnectAsync(stack);
        await using var clientOwner = client;
        await using var serverOwner = server;

        Assert.Equal(ToeReason.None, await client.MoveAsync(Established, Cancel));

        var placement = client.Placement;
        Assert.Equal((Established, OffloadModel.EstablishedState, OffloadConfidence.Confirmed), (placement.AdapterId, placement.Model, placement.Confidence));
        Assert.Equal(1, stack.Adapters.Single(static adapter => adapter.Identity.Id == Established).Status.Budgets[0].Used);
    }

    [Fact]
    public async Task AHalfClosedConnection_MovesInEitherDirection()
    {
        await using var stack = await StartAsync();
        var (client, server) = await ConnectAsync(stack);
        await using var clientOwner = client;
        await using var serverOwner = server;
        await client.SendAsync(new byte[100], Cancel);
        await client.CompleteSendingAsync(Cancel);

        Assert.Equal(ToeReason.None, await client.MoveAsync(Established, Cancel)); // FIN-WAIT
        Assert.Equal(ToeReason.None, await server.MoveAsync(Established, Cancel)); // CLOSE-WAIT

        Assert.Equal(new byte[100], await ReceiveAsync(server));
        await server.SendAsync(new byte[] { 1, 2 }, Cancel);
        await server.CompleteSendingAsync(Cancel);
        Assert.Equal([1, 2], await ReceiveAsync(client));
    }

    private static async Task<IToeStack> StartAsync()
    {
        var fabric = new Fabric();
        var stack = ToeStack.Create(builder => builder.AddEmulated(
            new EmulatedFabricOptions { Fabric = fabric, Card = new EmulatedCardOptions { Name = "full" } },
            new EmulatedFabricOptions { Fabric = fabric, Card = new EmulatedCardOptions { Name = "57810", Profile = CardProfile.NetXtreme57810 } }));
        await stack.StartAsync(Cancel);
        return stack;
    }

    private static async Task<(ToeConnection Client, ToeConnection Server)> ConnectAsync(IToeStack stack)
    {
        await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)), Cancel);
        var client = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint) { Mode = ToeMode.Require }, Cancel);
        Assert.Equal(Full, client.Placement.AdapterId);
        return (client, await listener.AcceptAsync(Cancel));
    }

    private static async Task<byte[]> ReceiveAsync(ToeConnection connection)
    {
        using var all = new MemoryStream();
        var buffer = new byte[65536];
        while (await connection.ReceiveAsync(buffer, Cancel) is > 0 and var count)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }
}

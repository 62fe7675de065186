using System.Net;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.Integration.Tests;

/// <summary>A card that dies in the middle of a transfer: nothing hangs, nothing is corrupt.</summary>
public sealed class CardLossTests
{
    private const int Size = 8 * 1024 * 1024;

    // Far smaller than a tenth: when the card dies the application has taken most of what the link has carried.
    private static readonly ToeSocketOptions Small = new() { ReceiveBuffer = 65536, SendBuffer = 65536 };

    public static TheoryData<int, string> Tenths
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (var death in new[] { "crash", "remove", "reset" })
            {
                for (var tenth = 1; tenth <= 10; tenth++)
                    data.Add(tenth, death);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Tenths))]
    public async Task CardDies_WhatArrivedIsAPrefix_AndNotEmpty(int tenth, string death)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var provider = new EmulatedProvider([new EmulatedFabricOptions { Fabric = new Fabric() }]);
        await using var stack = ToeStack.Create(builder => builder.AddEmulated(provider));
        await stack.StartAsync(cancellation);
        var card = provider.Cards[0];
        await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)) { Options = Small }, cancellation);
        await using var client = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint) { Mode = ToeMode.Require, Options = Small }, cancellation);
        await using var server = await listener.AcceptAsync(cancellation);

        var sent = new byte[Size];
        new Random(tenth).NextBytes(sent);
        // The link counts both ends of the fabric: each byte once out and once in.
        card.AtBytes((Size / 10 * tenth * 2L) - (Size / 20), Kill(death));
        var sending = SendAsync(server, sent);
        var received = await ReceiveAsync(client);
        await sending.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, cancellation);

        Assert.NotEmpty(received);
        Assert.True(sent.AsSpan().StartsWith(received), "what arrived is not a prefix of what was sent");
    }

    private static Action<EmulatedCard> Kill(string death) => death switch
    {
        "crash" => card => card.Crash(),
        "remove" => card => card.Remove(),
        _ => card => _ = card.ResetAsync(),
    };

    private static async Task SendAsync(ToeConnection connection, byte[] content)
    {
        try
        {
            for (var sent = 0; sent < content.Length; sent += 16384)
                await connection.SendAsync(content.AsMemory(sent, Math.Min(16384, content.Length - sent)));
            await connection.CompleteSendingAsync();
        }
        catch (ToeConnectionLostException)
        {
            // As it must: at once, and with a reason.
        }
    }

    private static async Task<byte[]> ReceiveAsync(ToeConnection connection)
    {
        var content = new MemoryStream();
        var buffer = new byte[16384];
        try
        {
            while (await connection.ReceiveAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(10)) is > 0 and var received)
                content.Write(buffer, 0, received);
        }
        catch (ToeConnectionLostException lost)
        {
            Assert.False(lost.Reason.IsNone);
        }

        return content.ToArray();
    }
}

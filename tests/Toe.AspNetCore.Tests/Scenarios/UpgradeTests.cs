using System.Net.WebSockets;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Toe.AspNetCore.Tests.Rows;
using Toe.WebProbe;

namespace Toe.AspNetCore.Tests.Scenarios;

/// <summary>Long conversations in both directions: WebSockets and gRPC.</summary>
public sealed class UpgradeTests(SharedSites sites)
{
    public static TheoryData<string> Rows => Row.Names;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task WebSocket_EchoesAndCloses(string row)
    {
        var site = await sites.GetAsync(row);
        using var invoker = new HttpMessageInvoker(site.CreateHandler());
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{site.Plain}/socket"), invoker, Token);
        var buffer = new byte[64 * 1024];

        foreach (var length in new[] { 1, 125, 126, 4096, 65_000 })
        {
            var message = Encoding.ASCII.GetBytes(new string('x', length));
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, Token);
            var count = 0;
            while (count < length)
                count += (await socket.ReceiveAsync(buffer.AsMemory(count), Token)).Count;
            Assert.Equal(message, buffer[..count]);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        Assert.Equal(WebSocketState.Closed, socket.State);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Grpc_AnswersOne(string row)
    {
        using var channel = Open(await sites.GetAsync(row));

        using var call = channel.CreateCallInvoker().AsyncUnaryCall(EchoService.OneMethod, host: null, new CallOptions(cancellationToken: Token), "hello");

        Assert.Equal("hello", await call.ResponseAsync);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Grpc_StreamsBothWays(string row)
    {
        using var channel = Open(await sites.GetAsync(row));
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(EchoService.ManyMethod, host: null, new CallOptions(cancellationToken: Token));
        foreach (var number in Enumerable.Range(0, 100))
        {
            var message = new string('m', number * 100);
            await call.RequestStream.WriteAsync(message, Token);
            Assert.True(await call.ResponseStream.MoveNext(Token));
            Assert.Equal(message, call.ResponseStream.Current);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Token));
    }

    private static GrpcChannel Open(RunningSite site) =>
        GrpcChannel.ForAddress($"http://{site.Http2}", new GrpcChannelOptions { HttpHandler = site.CreateHandler(), DisposeHttpClient = true });
}

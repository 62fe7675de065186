using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Toe.Core.Tests.Connections;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Hosting;

/// <summary>What becomes of connections when the stack's host stops.</summary>
public sealed class DrainTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ConnectionThatStandsStill_IsClosed_AndItsCallIsToldWhy()
    {
        await using var bench = StackBench.Create();
        using var server = StackBench.HostServer();
        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);
        using var peer = await server.AcceptTcpClientAsync(Token);
        var receiving = connection.ReceiveAsync(new byte[1], Token).AsTask();

        await bench.RunAsync(bench.Stack.DrainAsync(Token).AsTask());

        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => ConnectionPair.Soon(receiving));
        Assert.Equal("Internal.StackDisposed", lost.Reason.Name);
        Assert.Equal(0, await ConnectionPair.Soon(peer.GetStream().ReadAsync(new byte[1], Token))); // With FIN: nobody did anything wrong.
        Assert.Empty(bench.Stack.Connections);
    }

    [Fact]
    public async Task ConnectionThatMoves_GoesOn_UntilItsEnd()
    {
        await using var bench = StackBench.Create();
        using var server = StackBench.HostServer();
        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);
        using var peer = await server.AcceptTcpClientAsync(Token);

        var draining = bench.Stack.DrainAsync(Token).AsTask();
        for (var round = 0; round < 5; round++)
        {
            await connection.SendAsync(new byte[] { 1 }, Token);
            await peer.GetStream().ReadExactlyAsync(new byte[1], Token);
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.False(draining.IsCompleted);
            await StackBench.Breath();
        }

        await connection.DisposeAsync();
        await bench.RunAsync(draining);
    }

    [Fact]
    public async Task ConnectionThatMovesOn_IsClosedWhenTheTimeIsOver()
    {
        await using var bench = StackBench.Create();
        using var server = StackBench.HostServer();
        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);
        using var peer = await server.AcceptTcpClientAsync(Token);
        var receiving = connection.ReceiveAsync(new byte[1], Token).AsTask();
        using var over = new CancellationTokenSource();

        var draining = bench.Stack.DrainAsync(over.Token).AsTask();
        await over.CancelAsync(); // The clock stands still: nothing is quiet yet.

        await ConnectionPair.Soon(draining);
        await Assert.ThrowsAsync<ToeConnectionLostException>(() => ConnectionPair.Soon(receiving));
        Assert.Empty(bench.Stack.Connections);
    }

    [Fact]
    public async Task Listeners_AcceptNothingMore()
    {
        await using var bench = StackBench.Create();
        var listener = await bench.ListenAsync();

        await bench.RunAsync(bench.Stack.DrainAsync(Token).AsTask());

        await Assert.ThrowsAsync<ObjectDisposedException>(() => listener.AcceptAsync(Token).AsTask());
        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(listener.LocalEndPoint, Token).AsTask());
    }

    [Fact]
    public async Task LongSend_IsMovement_AndCutOffWithReset()
    {
        await using var bench = StackBench.Create();
        using var server = StackBench.HostServer();
        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);
        using var peer = await server.AcceptTcpClientAsync(Token);
        var sending = connection.SendAsync(ConnectionPair.TooMuch, Token).AsTask();

        var draining = bench.Stack.DrainAsync(Token).AsTask();
        var buffer = new byte[1024 * 1024];
        for (var round = 0; round < 5; round++)
        {
            await peer.GetStream().ReadExactlyAsync(buffer, Token); // A part of the one send.
            bench.Time.Advance(TimeSpan.FromMilliseconds(500));
            await StackBench.Breath();
        }

        Assert.False(draining.IsCompleted);
        Assert.False(sending.IsCompleted);
        await bench.RunAsync(draining); // The peer reads no more.
        await Assert.ThrowsAsync<ToeConnectionLostException>(() => ConnectionPair.Soon(sending));
        var end = await Record.ExceptionAsync(async () =>
        {
            while (await ConnectionPair.Soon(peer.GetStream().ReadAsync(buffer, Token)) > 0)
            {
            }
        });
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(Assert.IsType<IOException>(end).InnerException).SocketErrorCode);
    }

    [Fact]
    public async Task Nothing_IsOpenedAnyMore()
    {
        await using var bench = StackBench.Create();
        using var server = StackBench.HostServer();
        await bench.RunAsync(bench.Stack.DrainAsync(Token).AsTask());

        await Assert.ThrowsAsync<ObjectDisposedException>(() => bench.ConnectAsync(server.LocalEndpoint));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => bench.ListenAsync());
    }

    [Fact]
    public async Task HostThatStops_DrainsItsStack_BehindItsServices()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var service = new LastWords();
        builder.Services.AddSingleton<IHostedService>(service);
        builder.Services.AddToe();
        builder.Services.Configure<ToeOptions>(static options => (options.Diagnostics.Endpoint, options.ShutdownQuietTime) = (false, TimeSpan.FromMilliseconds(1)));
        using var host = builder.Build();
        await host.StartAsync(Token);
        using var server = StackBench.HostServer();
        var stack = host.Services.GetRequiredService<IToeStack>();
        await using var connection = await stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint), Token);
        using var peer = await server.AcceptTcpClientAsync(Token);
        var receiving = connection.ReceiveAsync(new byte[1], Token).AsTask();
        service.Speak = () => connection.SendAsync("over"u8.ToArray()).AsTask();

        await host.StopAsync(Token);

        await Assert.ThrowsAsync<ToeConnectionLostException>(() => ConnectionPair.Soon(receiving));
        Assert.Equal("over", await new StreamReader(peer.GetStream()).ReadToEndAsync(Token)); // The service could still speak when it was stopped.
    }

    private sealed class LastWords : IHostedService
    {
        public Func<Task> Speak { get; set; } = static () => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Speak();
    }
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.Integration.Tests;

/// <summary>The advisor on a real engine and the kernel's loopback, under the real clock.</summary>
public sealed class AdvisorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EngineOnAThrottledLink_IsRefusedForTheHostStack_WithTheNumbers()
    {
        var throttled = new LinkFaults { BitsPerSecond = 20_000_000 };
        await using var stack = ToeStack.Create(builder =>
        {
            builder.AddEmulated(new EmulatedFabricOptions { Fabric = new Fabric(), Faults = throttled, Card = new EmulatedCardOptions { Name = "slow" } });
            builder.Services.Configure<ToeOptions>(static options =>
            {
                options.Diagnostics.Endpoint = false;
                options.Placement.SweepInterval = TimeSpan.FromMilliseconds(50);
                options.Worth.Enabled = true;
                options.Worth.SampleBytes = 10_000;
                options.Worth.ExploreInterval = TimeSpan.FromHours(1);
            });
        });
        await stack.StartAsync(Cancel);
        await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)), Cancel);
        var request = new ToeConnectRequest(listener.LocalEndPoint);
        Assert.Equal("emulated:slow", stack.Explain(request).AdapterId);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var flows = new List<Task>();
        foreach (var mode in new[] { ToeMode.Require, ToeMode.Forbid })
        {
            var ours = await stack.ConnectAsync(request with { Mode = mode }, Cancel);
            flows.Add(SendAsync(ours, enough.Token));
            flows.Add(DiscardAsync(await listener.AcceptAsync(Cancel)));
        }

        var began = TimeProvider.System.GetTimestamp();
        while (!stack.Explain(request).Reason.Is(ToeReasons.QualityHostFaster)) // Until the host stack is measured too, one open may measure it.
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, stack.Explain(request).ToString());
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }

        await using (var connection = await stack.ConnectAsync(request, Cancel))
            Assert.True(connection.Placement is { AdapterId: null } placement && placement.Reason.Is(ToeReasons.QualityHostFaster));
        TestContext.Current.TestOutputHelper?.WriteLine(stack.Explain(request).Reason.ToString());
        await enough.CancelAsync();
        await Task.WhenAll(flows);
    }

    private static async Task SendAsync(ToeConnection connection, CancellationToken enough)
    {
        var chunk = new byte[16 * 1024];
        try
        {
            while (true)
                await connection.SendAsync(chunk, enough);
        }
        catch (OperationCanceledException)
        {
            connection.Abort();
            await connection.DisposeAsync();
        }
    }

    private static async Task DiscardAsync(ToeConnection connection)
    {
        await using (connection)
        {
            var buffer = new byte[256 * 1024];
            try
            {
                while (await connection.ReceiveAsync(buffer, Cancel) > 0)
                {
                }
            }
            catch (System.Net.Sockets.SocketException)
            {
                // The sender aborts when it has seen enough.
            }
        }
    }
}

using System.Globalization;
using System.Net;
using System.Runtime.Versioning;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Toe.Iwarp.Siw;

namespace Toe.Vm.Tests.Devices;

/// <summary>A stack whose one rule gives the guest's own peers an RDMA port.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SiwBench : IAsyncDisposable
{
    public const int RdmaPort = 7471;

    private readonly SiwDevice _device;

    private SiwBench(SiwDevice device, ToeStack stack) => (_device, Stack) = (device, stack);

    public ToeStack Stack { get; }

    public static async Task<SiwBench> CreateAsync(CancellationToken cancellationToken, bool isInline = false)
    {
        var device = await SiwDevice.CreateAsync(cancellationToken);
        var stack = CreateStack(isInline);
        await stack.StartAsync(cancellationToken);
        return new SiwBench(device, stack);
    }

    public static ToeStack CreateStack(bool isInline = false) => ToeStack.Create(builder =>
    {
        builder.Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Toe:Diagnostics:Endpoint", "false"),
            new("Toe:Policy:Rules:0:Name", "guest"),
            new("Toe:Policy:Rules:0:Remote", "10.9.0.0/24"),
            new("Toe:Policy:Rules:0:RdmaPort", RdmaPort.ToString(CultureInfo.InvariantCulture)),
        ]).Build());
        builder.AddSiw();
        builder.Services.Configure<ToeOptions>(options =>
        {
            options.OpenDeadline = TimeSpan.FromSeconds(5); // An emulated processor is slow.
            options.PreferInlineScheduling = isInline;
        });
    });

    public ValueTask<ToeListener> ListenAsync(CancellationToken cancellationToken, int backlog = 512) =>
        Stack.ListenAsync(new ToeListenRequest(new IPEndPoint(SiwDevice.Address, 0)) { Backlog = backlog }, cancellationToken);

    public ValueTask<ToeConnection> ConnectAsync(ToeListener listener, ToeMode mode, CancellationToken cancellationToken) =>
        Stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint) { Mode = mode }, cancellationToken);

    /// <summary>Both ends of a connection over the device.</summary>
    public async Task<(ToeConnection Client, ToeConnection Server)> PairAsync(ToeListener listener, CancellationToken cancellationToken)
    {
        var accepting = listener.AcceptAsync(cancellationToken).AsTask();
        var client = await ConnectAsync(listener, ToeMode.Require, cancellationToken);
        return (client, await accepting);
    }

    public async ValueTask DisposeAsync()
    {
        await Stack.DisposeAsync();
        await _device.DisposeAsync();
    }
}

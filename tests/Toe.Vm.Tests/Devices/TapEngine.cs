using System.Net;
using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.Vm.Tests.Devices;

/// <summary>A TAP device: the kernel's TCP at one end, the software TOE's at the other.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TapEngine : IAsyncDisposable
{
    public const string Device = "toe0";

    private TapEngine()
    {
    }

    public static IPAddress KernelAddress { get; } = IPAddress.Parse("10.77.0.1");

    public static async Task<TapEngine> CreateAsync(CancellationToken cancellationToken)
    {
        await Shell.RunAllAsync(cancellationToken, $"ip tuntap add dev {Device} mode tap", $"ip address add {KernelAddress}/24 dev {Device}", $"ip link set {Device} up");
        return new TapEngine();
    }

    /// <summary>A stack whose only adapter is the software TOE at the device.</summary>
    public static ToeStack CreateStack() => ToeStack.Create(builder =>
    {
        builder.AddEmulated(new EmulatedTapOptions(Device, [InterfaceAddress.Parse("10.77.0.2/24")]));
        builder.Services.Configure<ToeOptions>(options => options.OpenDeadline = TimeSpan.FromSeconds(5)); // An emulated processor is slow.
    });

    public async ValueTask DisposeAsync() => await Shell.RunAsync($"ip link del {Device}", CancellationToken.None);
}

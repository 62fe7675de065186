using System.Net;
using Toe.Linux;

namespace Toe.Vm.Tests.Devices;

/// <summary>A Soft-iWARP device on an interface of its own; its TCP runs over the loopback.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
internal sealed class SiwDevice : IAsyncDisposable
{
    public const string Name = "siw0";
    public const string Interface = "rd0";

    public static IPAddress Address { get; } = IPAddress.Parse("10.9.0.1");

    public static async Task<SiwDevice> CreateAsync(CancellationToken cancellationToken)
    {
        await Shell.RunAllAsync(
            cancellationToken,
            "sysctl -qw net.ipv4.tcp_syn_retries=1", // A connect to nobody keeps Soft-iWARP until the kernel gives it up: here soon.
            $"ip link add {Interface} type dummy", $"ip addr add {Address}/24 dev {Interface}", $"ip link set {Interface} up");
        await AddAsync(cancellationToken);
        return new SiwDevice();
    }

    public static Task AddAsync(CancellationToken cancellationToken) => Shell.RunAsync($"rdma link add {Name} type siw netdev {Interface}", cancellationToken);

    /// <summary>Takes the device away; the kernel returns when its last user has closed.</summary>
    public static Task RemoveAsync(CancellationToken cancellationToken) => Shell.RunAsync($"rdma link delete {Name}", cancellationToken);

    /// <summary>Gives back what the library holds of a device that is going.</summary>
    public static async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        using var host = new LiveHost();
        while (InfinibandDevices.FindUsable(host).Contains(Name) || !RdmaLibrary.ReleaseDevices([]))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists($"/sys/class/infiniband/{Name}"))
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
            var removing = RemoveAsync(limit.Token);
            await ReleaseAsync(limit.Token);
            await removing;
        }

        await Shell.RunAsync($"ip link del {Interface}", CancellationToken.None);
    }
}

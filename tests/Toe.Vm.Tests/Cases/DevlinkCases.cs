using System.Runtime.Versioning;
using Toe.Linux;
using Toe.Vm.Tests.Devices;

namespace Toe.Vm.Tests.Cases;

/// <summary>devlink, as the kernel speaks it.</summary>
[SupportedOSPlatform("linux")]
internal static class DevlinkCases
{
    public static readonly GuestCase[] All =
    [
        new("devlink info: driver and running firmware", InfoAsync),
        new("devlink info: a changed firmware version is seen", ChangedFirmwareAsync),
        new("devlink health: a broken reporter is seen and told of", HealthAsync),
        new("devlink flash: read while it runs and after it", FlashAsync),
    ];

    private static async Task InfoAsync(CancellationToken cancellationToken)
    {
        await using var device = await Netdevsim.CreateAsync(1, cancellationToken);
        var found = device.Read();
        Check.Equal("netdevsim", found.Driver);
        Check.Equal(Netdevsim.ShippedFirmware, found.Running["fw.mgmt"]);
        Check.Equal(Netdevsim.ShippedFirmware, found.Stored["fw.mgmt"]);
        Check.Equal(0, found.Fixed.Count);
        var ethernet = NetworkOf(device);
        var answer = EthtoolDriver.Read(device.Host, ethernet);
        Check.True(answer.IsFound, answer.Reason);
        Check.Equal("netdevsim", answer.Value!.Driver);
        Check.Equal(Netdevsim.ShippedFirmware, answer.Value.Firmware);
        Check.Equal(device.Name, answer.Value.Bus);
    }

    private static async Task ChangedFirmwareAsync(CancellationToken cancellationToken)
    {
        await using var device = await Netdevsim.CreateAsync(2, cancellationToken);
        await Netdevsim.SetFirmwareAsync("11.2.3", cancellationToken);
        Check.Equal("11.2.3", device.RunningFirmware());
        Check.Equal("11.2.3", EthtoolDriver.Read(device.Host, NetworkOf(device)).Value?.Firmware);
    }

    private static async Task HealthAsync(CancellationToken cancellationToken)
    {
        await using var device = await Netdevsim.CreateAsync(3, cancellationToken);
        Check.Equal((true, 0L), State(device));
        await Shell.RunAsync($"devlink health set netdevsim/{device.Name} reporter dummy auto_recover false", cancellationToken);
        using var told = new SemaphoreSlim(0);
        using (device.Host.Watch(HostTopics.Devlink, () => told.Release()))
        {
            await device.BreakAsync(cancellationToken);
            await told.WaitAsync(cancellationToken);
            Check.Equal((false, 1L), State(device));

            while (told.Wait(0, CancellationToken.None))
            {
                // What the break caused has been heard; the next is the recovery's.
            }

            await Shell.RunAsync($"devlink health recover netdevsim/{device.Name} reporter dummy", cancellationToken);
            await told.WaitAsync(cancellationToken);
        }

        Check.Equal((true, 1L), State(device));
        Check.Equal(1L, device.Health().Recoveries);
    }

    private static (bool IsHealthy, long Errors) State(Netdevsim device) => (device.Health().IsHealthy, device.Health().Errors);

    private static async Task FlashAsync(CancellationToken cancellationToken)
    {
        await using var device = await Netdevsim.CreateAsync(4, cancellationToken);
        var file = "/lib/firmware/toe-guest.bin";
        await File.WriteAllBytesAsync(file, new byte[64], cancellationToken);
        var flash = Shell.RunAsync($"devlink dev flash netdevsim/{device.Name} file toe-guest.bin", cancellationToken);
        var readings = 0;
        using var turn = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!flash.IsCompleted && await turn.WaitForNextTickAsync(cancellationToken))
        {
            Check.Equal(Netdevsim.ShippedFirmware, device.RunningFirmware());
            readings++;
        }

        var output = await flash;
        Check.True(output.Contains("Flashing done", StringComparison.Ordinal), output);
        Check.True(readings > 0);
        Check.Equal(Netdevsim.ShippedFirmware, device.RunningFirmware());
    }

    private static string NetworkOf(Netdevsim device)
    {
        var names = device.Host.List($"/sys/bus/netdevsim/devices/{device.Name}/net");
        Check.True(names.IsFound && names.Value.Count == 1, names.Reason);
        return names.Value![0];
    }
}

using System.Globalization;
using System.Runtime.Versioning;
using Toe.Linux;

namespace Toe.Vm.Tests.Devices;

/// <summary>A device of the kernel's netdevsim, read through this SDK. Its firmware version is a parameter of the module (<c>netdevsim-firmware-version.patch</c>).</summary>
[SupportedOSPlatform("linux")]
internal sealed class Netdevsim : IAsyncDisposable
{
    public const string ShippedFirmware = "10.20.30";

    private const string Bus = "netdevsim";
    private const string VersionFile = "/sys/module/netdevsim/parameters/fw_version";

    private readonly int _number;

    private Netdevsim(int number) => _number = number;

    public LiveHost Host { get; } = new();

    /// <summary>Its name on its bus, such as <c>netdevsim7</c>.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"netdevsim{_number}");

    public static async Task<Netdevsim> CreateAsync(int number, CancellationToken cancellationToken)
    {
        await SetFirmwareAsync(ShippedFirmware, cancellationToken);
        await File.WriteAllTextAsync("/sys/bus/netdevsim/new_device", string.Create(CultureInfo.InvariantCulture, $"{number} 1"), cancellationToken);
        return new Netdevsim(number);
    }

    /// <summary>What an update of the firmware changes.</summary>
    public static Task SetFirmwareAsync(string version, CancellationToken cancellationToken) => File.WriteAllTextAsync(VersionFile, version, cancellationToken);

    public DevlinkDevice Read() => Find(Devlink.ReadDevices(Host), one => one.Bus == Bus && one.Name == Name);

    public string? RunningFirmware() => Read().Running.GetValueOrDefault("fw.mgmt");

    /// <summary>The reporter that can be broken.</summary>
    public DevlinkReporter Health() => Find(Devlink.ReadReporters(Host), one => one.Bus == Bus && one.Device == Name && one.Name == "dummy");

    public Task BreakAsync(CancellationToken cancellationToken) =>
        File.WriteAllTextAsync($"/sys/kernel/debug/netdevsim/{Name}/health/break_health", "broken by a test", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Host.Dispose();
        await File.WriteAllTextAsync("/sys/bus/netdevsim/del_device", string.Create(CultureInfo.InvariantCulture, $"{_number}"));
    }

    private static T Find<T>(HostAnswer<IReadOnlyList<T>> answer, Func<T, bool> isMine)
        where T : class
    {
        Check.True(answer.IsFound, answer.Reason);
        return answer.Value!.Single(isMine);
    }
}

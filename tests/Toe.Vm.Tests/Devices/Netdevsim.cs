using System.Globalization;
using System.Runtime.Versioning;
using Toe.Linux;

namespace Toe.Vm.Tests.Devices;

/// <summary>
/// A device of the kernel's netdevsim, read through <see cref="LiveHost"/>. Command and attribute numbers: linux/devlink.h. The firmware version is
/// the module's parameter (<c>netdevsim-firmware-version.patch</c>).
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Netdevsim : IAsyncDisposable
{
    public const string ShippedFirmware = "10.20.30";

    private const int InfoGet = 51;                 // DEVLINK_CMD_INFO_GET
    private const int HealthReporterGet = 52;       // DEVLINK_CMD_HEALTH_REPORTER_GET
    private const int DeviceName = 2;               // DEVLINK_ATTR_DEV_NAME
    private const int DriverName = 98;              // DEVLINK_ATTR_INFO_DRIVER_NAME
    private const int VersionRunning = 101;         // DEVLINK_ATTR_INFO_VERSION_RUNNING
    private const int VersionName = 103;            // DEVLINK_ATTR_INFO_VERSION_NAME
    private const int VersionValue = 104;           // DEVLINK_ATTR_INFO_VERSION_VALUE
    private const int Reporter = 114;               // DEVLINK_ATTR_HEALTH_REPORTER
    private const int ReporterName = 115;           // DEVLINK_ATTR_HEALTH_REPORTER_NAME
    private const int ReporterState = 116;          // DEVLINK_ATTR_HEALTH_REPORTER_STATE
    private const int ReporterErrors = 117;         // DEVLINK_ATTR_HEALTH_REPORTER_ERR_COUNT
    private const int GenericHeader = 4;            // struct genlmsghdr
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

    public string? Driver() => Info().Text(DriverName);

    public string? RunningFirmware()
    {
        foreach (var version in Info().Each(VersionRunning))
        {
            var attributes = new NetlinkAttributes(version);
            if (attributes.Text(VersionName) == "fw.mgmt")
                return attributes.Text(VersionValue);
        }

        return null;
    }

    /// <summary>The state of the reporter that can be broken: 0 healthy, 1 error (linux/devlink.h); and how many errors it has counted.</summary>
    public (long? State, long? Errors) Health()
    {
        foreach (var message in Ask(HealthReporterGet))
        {
            foreach (var nested in message.Each(Reporter))
            {
                var reporter = new NetlinkAttributes(nested);
                if (reporter.Text(ReporterName) == "dummy")
                    return (reporter.Number(ReporterState), reporter.Number(ReporterErrors));
            }
        }

        throw new GuestFailureException("the reporter 'dummy' is missing");
    }

    public Task BreakAsync(CancellationToken cancellationToken) =>
        File.WriteAllTextAsync($"/sys/kernel/debug/netdevsim/{Name}/health/break_health", "broken by a test", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Host.Dispose();
        await File.WriteAllTextAsync("/sys/bus/netdevsim/del_device", string.Create(CultureInfo.InvariantCulture, $"{_number}"));
    }

    private NetlinkAttributes Info() => Ask(InfoGet).FirstOrDefault() ?? throw new GuestFailureException("devlink has no information of " + Name);

    private IEnumerable<NetlinkAttributes> Ask(int command)
    {
        var answer = Host.Netlink(new NetlinkQuestion("devlink", command, ReadOnlyMemory<byte>.Empty) { IsDump = true });
        Check.True(answer.IsFound, answer.Reason);
        return answer.Value!.Select(static message => new NetlinkAttributes(message.AsSpan(GenericHeader))).Where(message => message.Text(DeviceName) == Name);
    }
}

using System.Runtime.InteropServices;
using System.Text;

namespace Toe.Linux;

/// <summary>Asks devlink, by generic netlink. Needs no privilege for what it asks. Source: linux/devlink.h.</summary>
public static class Devlink
{
    internal const string Family = "devlink";
    private const int GenericHeader = 4;                // struct genlmsghdr
    internal const int InfoGet = 51;                    // DEVLINK_CMD_INFO_GET
    internal const int HealthReporterGet = 52;          // DEVLINK_CMD_HEALTH_REPORTER_GET
    private const ushort BusName = 1;                   // DEVLINK_ATTR_BUS_NAME
    private const ushort DeviceName = 2;                // DEVLINK_ATTR_DEV_NAME
    private const ushort PortIndex = 3;                 // DEVLINK_ATTR_PORT_INDEX
    private const ushort DriverName = 98;               // DEVLINK_ATTR_INFO_DRIVER_NAME
    private const ushort SerialNumber = 99;             // DEVLINK_ATTR_INFO_SERIAL_NUMBER
    private const ushort VersionFixed = 100;            // DEVLINK_ATTR_INFO_VERSION_FIXED
    private const ushort VersionRunning = 101;          // DEVLINK_ATTR_INFO_VERSION_RUNNING
    private const ushort VersionStored = 102;           // DEVLINK_ATTR_INFO_VERSION_STORED
    private const ushort VersionName = 103;             // DEVLINK_ATTR_INFO_VERSION_NAME
    private const ushort VersionValue = 104;            // DEVLINK_ATTR_INFO_VERSION_VALUE
    private const ushort Reporter = 114;                // DEVLINK_ATTR_HEALTH_REPORTER
    private const ushort ReporterName = 115;            // DEVLINK_ATTR_HEALTH_REPORTER_NAME
    private const ushort ReporterState = 116;           // DEVLINK_ATTR_HEALTH_REPORTER_STATE: 0 is healthy
    private const ushort ReporterErrors = 117;          // DEVLINK_ATTR_HEALTH_REPORTER_ERR_COUNT
    private const ushort ReporterRecoveries = 118;      // DEVLINK_ATTR_HEALTH_REPORTER_RECOVER_COUNT

    /// <summary>All devices with what they say of themselves.</summary>
    /// <param name="host">The host.</param>
    /// <returns>The devices; ENOENT from a kernel without devlink.</returns>
    public static HostAnswer<IReadOnlyList<DevlinkDevice>> ReadDevices(ILinuxHost host) => Read(host, InfoGet, ParseDevice);

    /// <summary>All health reporters of devices. Those of ports are left out.</summary>
    /// <param name="host">The host.</param>
    /// <returns>The reporters; ENOENT from a kernel without devlink.</returns>
    public static HostAnswer<IReadOnlyList<DevlinkReporter>> ReadReporters(ILinuxHost host) => Read(host, HealthReporterGet, ParseReporter);

    /// <summary>Reads one device's message, behind the generic header; null when it is malformed or does not name the device.</summary>
    internal static DevlinkDevice? ParseDevice(ReadOnlySpan<byte> attributes)
    {
        string? bus = null, name = null, driver = null, serial = null;
        var (solid, running, stored) = (Versions(), Versions(), Versions());
        var reader = new AttributeReader(attributes);
        while (reader.TryRead(out var type, out var value))
        {
            switch (type)
            {
                case BusName:
                    bus = Text(value);
                    break;
                case DeviceName:
                    name = Text(value);
                    break;
                case DriverName:
                    driver = Text(value);
                    break;
                case SerialNumber:
                    serial = Text(value);
                    break;
                case VersionFixed:
                    AddVersion(value, solid);
                    break;
                case VersionRunning:
                    AddVersion(value, running);
                    break;
                case VersionStored:
                    AddVersion(value, stored);
                    break;
            }
        }

        return reader.IsMalformed || bus is null || name is null
            ? null
            : new DevlinkDevice(bus, name) { Driver = driver ?? "", SerialNumber = serial, Fixed = solid, Running = running, Stored = stored };
    }

    /// <summary>Reads one reporter's message, behind the generic header; null when it is malformed, does not name the reporter, or is a port's.</summary>
    internal static DevlinkReporter? ParseReporter(ReadOnlySpan<byte> attributes)
    {
        string? bus = null, device = null;
        DevlinkReporter? reporter = null;
        var reader = new AttributeReader(attributes);
        while (reader.TryRead(out var type, out var value))
        {
            if (type == BusName)
                bus = Text(value);
            else if (type == DeviceName)
                device = Text(value);
            else if (type == PortIndex)
                return null; // One dump has the reporters of devices and of ports.
            else if (type == Reporter)
                reporter = ParseReporterState(value);
        }

        return reader.IsMalformed || bus is null || device is null || reporter is null ? null : reporter with { Bus = bus, Device = device };
    }

    private static DevlinkReporter? ParseReporterState(ReadOnlySpan<byte> attributes)
    {
        string? name = null;
        int? state = null;
        long errors = 0, recoveries = 0;
        var reader = new AttributeReader(attributes);
        while (reader.TryRead(out var type, out var value))
        {
            if (type == ReporterName)
                name = Text(value);
            else if (type == ReporterState && value.Length == 1)
                state = value[0];
            else if (type == ReporterErrors && value.Length == sizeof(long))
                errors = MemoryMarshal.Read<long>(value);
            else if (type == ReporterRecoveries && value.Length == sizeof(long))
                recoveries = MemoryMarshal.Read<long>(value);
        }

        return reader.IsMalformed || name is null || state is null ? null : new DevlinkReporter("", "", name) { IsHealthy = state == 0, Errors = errors, Recoveries = recoveries };
    }

    private static HostAnswer<IReadOnlyList<T>> Read<T>(ILinuxHost host, int command, Parser<T> parse)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(host);
        var answer = host.Netlink(new NetlinkQuestion(Family, command, ReadOnlyMemory<byte>.Empty) { IsDump = true });
        if (!answer.IsFound)
            return HostAnswers.Failed<IReadOnlyList<T>>(answer.ErrorNumber, answer.Text);
        var found = new List<T>();
        foreach (var message in answer.Value)
        {
            if (message.Length >= GenericHeader && parse(message.AsSpan(GenericHeader)) is { } one)
                found.Add(one);
        }

        return HostAnswers.Found<IReadOnlyList<T>>(found);
    }

    private static Dictionary<string, string> Versions() => new(StringComparer.Ordinal);

    private static void AddVersion(ReadOnlySpan<byte> attributes, Dictionary<string, string> versions)
    {
        string? name = null, version = null;
        var reader = new AttributeReader(attributes);
        while (reader.TryRead(out var type, out var value))
        {
            if (type == VersionName)
                name = Text(value);
            else if (type == VersionValue)
                version = Text(value);
        }

        if (name is not null && version is not null)
            versions[name] = version;
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));

    /// <summary>Reads one message.</summary>
    private delegate T? Parser<out T>(ReadOnlySpan<byte> attributes)
        where T : class;
}

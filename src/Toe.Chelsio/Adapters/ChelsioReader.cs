using Toe.Chelsio.Policy;
using Toe.Chelsio.Tables;
using Toe.Linux;

namespace Toe.Chelsio.Adapters;

/// <summary>Reads one card from a host. Only reads; what fails is missing from the reading.</summary>
internal sealed class ChelsioReader(ILinuxHost host, string address)
{
    private const string OffloadRoot = "/proc/net/offload";
    private const string SettingsRoot = "/proc/sys/toe";
    private const string DebugRoot = "/sys/kernel/debug/cxgb4";
    private const string ModulePath = "updates/drivers/net/offload/t4_tom/t4_tom.ko";
    private const int NoEntry = 2;      // ENOENT
    private const int TooBig = 27;      // EFBIG: a module is longer than what is read of it, and there

    private readonly List<AdapterNote> _unread = [];

    public ChelsioReading Read()
    {
        if (PciDevices.Read(host, address) is not { } device)
            return new ChelsioReading();
        var ports = device.Interfaces.Select(name => NetworkDevice.Read(host, name)).OfType<NetworkDevice>().ToList();
        var offload = FindOffload(device.Interfaces);
        var settings = offload is null ? [] : ReadSettings(offload.Name);
        var served = ServedInterfaces.Of(host, ports, settings.GetValueOrDefault(TomSettings.OffloadVlan) == 1);
        var (policy, problem) = offload is { HasPolicy: not false } ? ReadPolicy(offload.Name) : (null, null);
        var isToe = offload?.Module is not null;
        return new ChelsioReading
        {
            Device = device,
            Ports = ports,
            Served = served,
            Addresses = [.. (AddressTable.Read(host).Value ?? []).Where(entry => served.ContainsKey(entry.InterfaceIndex))],
            Driver = ReadDriver(device.Interfaces),
            Offload = offload,
            IPv6 = offload is null ? null : IPv6Offload.Parse(host.ReadText($"{OffloadRoot}/ipv6_offload").Value),
            Settings = settings,
            Policy = policy,
            PolicyProblem = problem,
            TomVersion = KernelModule.Read(host, "t4_tom") is { } tom ? tom.Version ?? "" : null,
            HasStorageDriver = KernelModule.Read(host, "csiostor") is not null,
            Missing = offload is null ? ExplainMissing() : "",
            Identifiers = isToe && Debug("tids", "connections, listeners and opens in use are not known") is { } tids ? IdentifierTable.Parse(tids) : null,
            Neighbours = isToe && Debug("l2t", "neighbour entries in use are not known") is { } neighbours ? L2Table.CountEntries(neighbours) : null,
            Clip = isToe && Debug("clip_tbl", "IPv6 addresses in use are not known") is { } clip ? ClipTable.Parse(clip) : null,
            Memory = isToe && Debug("meminfo", "memory in use is not known") is { } memory ? CardMemory.Parse(memory) : null,
            Counters = isToe ? ChelsioCounters.Of(Debug("tx_rate", "how much of what is sent is offloaded is not known"), Debug("tp_stats", "segments and errors are not known")) : [],
            Unread = _unread,
        };
    }

    /// <summary>Whether a listening socket has an entry in the card: null when the table cannot be read.</summary>
    public static bool? HasListener(ILinuxHost host, string device, System.Net.IPEndPoint local)
    {
        var table = host.ReadText($"{OffloadRoot}/{device}/listeners");
        return table.Value is { } text ? OffloadListenerTable.Parse(text).Any(row => row.Port == local.Port && row.Address.Equals(local.Address)) : null;
    }

    /// <summary>The policy that is loaded for the card with an interface; null with the reason when there is none, or it cannot be read.</summary>
    public static CopPolicy? ReadLoadedPolicy(ILinuxHost host, string interfaceName, out string? problem)
    {
        var reader = new ChelsioReader(host, "");
        if (reader.FindOffload([interfaceName]) is not { } device)
        {
            problem = $"{OffloadRoot}/devices has no device with {interfaceName}";
            return null;
        }

        (var policy, problem) = reader.ReadPolicy(device.Name);
        return policy;
    }

    private OffloadDevice? FindOffload(IReadOnlyList<string> interfaces)
    {
        var table = host.ReadText($"{OffloadRoot}/devices");
        if (table.Value is { } text)
            return OffloadDeviceTable.Parse(text).FirstOrDefault(device => device.Interfaces.Any(interfaces.Contains));
        if (table.ErrorNumber != NoEntry)
            Unread($"{OffloadRoot}/devices", table.Reason, "whether the card offloads is not known");
        return null;
    }

    private Dictionary<string, long> ReadSettings(string device)
    {
        var settings = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var setting in TomSettings.All)
        {
            if (NumberList.ParseOne(host.ReadText($"{SettingsRoot}/{device}_tom/{setting.Name}").Value) is { } value)
                settings[setting.Name] = value;
        }

        return settings;
    }

    private (CopPolicy? Policy, string? Problem) ReadPolicy(string device)
    {
        var path = $"{OffloadRoot}/{device}/read-cop";
        var content = host.ReadText(path);
        if (content.Value is not { } text)
            return (null, $"{path}: {content.Reason}");
        if (!LoadedPolicy.TryFind(text, out var written))
            return (null, $"{path}: the policy was compiled without its text");
        return CopPolicy.TryParse(written, out var policy, out var error) ? (policy, null) : (null, $"{path}: {error}");
    }

    private HostAnswer<EthtoolDriver> ReadDriver(IReadOnlyList<string> interfaces)
    {
        var answer = HostAnswers.Failed<EthtoolDriver>(NoEntry, "no interface");
        foreach (var name in interfaces)
        {
            answer = EthtoolDriver.Read(host, name);
            if (answer.IsFound)
                return answer;
        }

        return answer;
    }

    private string? Debug(string file, string unknown)
    {
        var path = $"{DebugRoot}/{address}/{file}";
        var text = host.ReadText(path);
        if (!text.IsFound)
            Unread(path, text.Reason, unknown);
        return text.Value;
    }

    private void Unread(string path, string reason, string unknown) => _unread.Add(new AdapterNote(AdapterNoteKind.Unread, $"{unknown}: {reason}", path));

    /// <summary>Unified Wire's modules are built for one kernel, and stay behind when it changes.</summary>
    private string ExplainMissing()
    {
        var release = host.ReadText("/proc/sys/kernel/osrelease").Value ?? "";
        if (KernelModule.Read(host, "t4_tom") is not null)
        {
            var table = host.ReadText($"{OffloadRoot}/devices");
            return table.IsFound ? "t4_tom is loaded and has no device for this card" : $"t4_tom is loaded; whether it has the card is not known: {OffloadRoot}/devices: {table.Reason}";
        }

        var built = (host.List("/lib/modules").Value ?? []).Where(kernel => host.ReadFile($"/lib/modules/{kernel}/{ModulePath}").ErrorNumber is 0 or TooBig).ToList();
        if (built.Contains(release, StringComparer.Ordinal))
            return "t4_tom is not loaded: modprobe t4_tom";
        return built.Count == 0
            ? "the driver is the kernel's own, which has no TCP offload: install Chelsio Unified Wire"
            : $"Unified Wire is built for {string.Join(", ", built)}, not for this kernel ({release}): build it again";
    }
}

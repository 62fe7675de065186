using System.Collections.Frozen;

namespace Toe;

/// <summary>Every reason there is. Codes and names are stable; docs/reasons.md has the same table with the test that provokes each.</summary>
public static class ToeReasons
{
    private const bool Lasting = false;
    private const bool Transient = true;
    private static readonly List<ToeReasonDescriptor> Defined = [];

    // ── 01 policy ──

    /// <summary>The mode is Forbid.</summary>
    public static ToeReason PolicyForbidden { get; } = Define(0x0101, "Policy.Forbidden", Lasting, ToeReasonScope.Connection,
        "The mode in force forbids offloading.", "Change the request's mode, the policy rule or the operator's file that says Forbid.");

    /// <summary>Require against Forbid.</summary>
    public static ToeReason PolicyConflict { get; } = Define(0x0102, "Policy.Conflict", Lasting, ToeReasonScope.Connection,
        "The request requires offloading and a higher authority forbids it.", "Take one of the two back; the trace names who said which.");

    /// <summary>The matching rule names other adapters.</summary>
    public static ToeReason PolicyAdapterNotAllowed { get; } = Define(0x0103, "Policy.AdapterNotAllowed", Lasting, ToeReasonScope.Connection,
        "The matching policy rule allows other adapters only.", "Add the adapter to the rule's list.");

    // ── 02 capability ──

    /// <summary>IPv4 or IPv6 is not offloaded by the adapter.</summary>
    public static ToeReason CapabilityAddressFamily { get; } = Define(0x0201, "Capability.AddressFamily", Lasting, ToeReasonScope.Adapter,
        "The adapter does not offload this address family.", "Use the other family, or another adapter.");

    /// <summary>The adapter opens no connections actively.</summary>
    public static ToeReason CapabilityActiveOpen { get; } = Define(0x0202, "Capability.ActiveOpen", Lasting, ToeReasonScope.Adapter,
        "The adapter does not offload active opens.", "");

    /// <summary>The adapter takes no listeners.</summary>
    public static ToeReason CapabilityPassiveOpen { get; } = Define(0x0203, "Capability.PassiveOpen", Lasting, ToeReasonScope.Adapter,
        "The adapter does not offload listeners.", "");

    /// <summary>A socket option is not honoured.</summary>
    public static ToeReason CapabilitySocketOption { get; } = Define(0x0204, "Capability.SocketOption", Lasting, ToeReasonScope.Connection,
        "The carrier does not honour a socket option that was asked for.", "The text names the option; leave it out or accept the downgrade.");

    /// <summary>The congestion control algorithm is not there.</summary>
    public static ToeReason CapabilityCongestionControl { get; } = Define(0x0205, "Capability.CongestionControl", Lasting, ToeReasonScope.Connection,
        "The carrier does not have the congestion control algorithm that was asked for.", "");

    /// <summary>A buffer size was changed to what the carrier has.</summary>
    public static ToeReason CapabilityBufferSize { get; } = Define(0x0206, "Capability.BufferSize", Lasting, ToeReasonScope.Connection,
        "The carrier gave another buffer size than was asked for.", "");

    /// <summary>The connection cannot be moved.</summary>
    public static ToeReason CapabilityMove { get; } = Define(0x0207, "Capability.Move", Lasting, ToeReasonScope.Connection,
        "One of the two carriers can neither give up nor take over an established connection.", "");

    /// <summary>The adapter has another offload model than the call needs.</summary>
    public static ToeReason CapabilityModel { get; } = Define(0x0208, "Capability.Model", Lasting, ToeReasonScope.Adapter,
        "The adapter's offload model does not serve this kind of open.", "");

    /// <summary>The host stack made the connection, and its offload follows or waits.</summary>
    public static ToeReason CapabilityOffloadFollows { get; } = Define(0x0209, "Capability.OffloadFollows", Transient, ToeReasonScope.Connection,
        "The adapter takes established connections: the host stack made this one, and hands it over in the background.", "");

    /// <summary>The device has no TCP offload engine.</summary>
    public static ToeReason CapabilityHardware { get; } = Define(0x020A, "Capability.Hardware", Lasting, ToeReasonScope.Adapter,
        "The device has no TCP offload engine, or one that this SDK does not use.", "");

    /// <summary>Offloading is switched off.</summary>
    public static ToeReason CapabilityDisabled { get; } = Define(0x020B, "Capability.Disabled", Transient, ToeReasonScope.Adapter,
        "Offloading is switched off on the adapter, for all sockets or for this one.", "The text names the switch.");

    // ── 03 route ──

    /// <summary>The route to the peer does not leave through the adapter.</summary>
    public static ToeReason RouteNotThroughAdapter { get; } = Define(0x0301, "Route.NotThroughAdapter", Lasting, ToeReasonScope.Connection,
        "The route to the peer does not leave through the adapter.", "Look at `ip route get`; bind the local address if there are several.");

    /// <summary>There is no route to the peer.</summary>
    public static ToeReason RouteNone { get; } = Define(0x0302, "Route.None", Transient, ToeReasonScope.Connection,
        "There is no route to the peer.", "Look at `ip route get`.");

    /// <summary>The local address is not one of the adapter's.</summary>
    public static ToeReason RouteLocalAddress { get; } = Define(0x0303, "Route.LocalAddress", Lasting, ToeReasonScope.Connection,
        "The local address that was asked for is not one of the adapter's.", "");

    /// <summary>The peer's endpoint is not on this process's fabric.</summary>
    public static ToeReason RouteNotOnFabric { get; } = Define(0x0304, "Route.NotOnFabric", Transient, ToeReasonScope.Connection,
        "Nobody on this process's fabric listens at the peer's endpoint.", "The fabric lives inside one process; between processes use a TAP link or a card.");

    /// <summary>The local port or the 4-tuple is in use on the adapter.</summary>
    public static ToeReason RouteTupleInUse { get; } = Define(0x0305, "Route.TupleInUse", Transient, ToeReasonScope.Connection,
        "The local port or the 4-tuple is in use on the adapter.", "");

    /// <summary>The peer is this host.</summary>
    public static ToeReason RouteLoopback { get; } = Define(0x0306, "Route.Loopback", Lasting, ToeReasonScope.Connection,
        "The peer is this host itself; its traffic never leaves through an adapter.", "");

    // ── 04 resource ──

    /// <summary>The adapter's connection table is full.</summary>
    public static ToeReason ResourceConnections { get; } = Define(0x0401, "Resource.Connections", Transient, ToeReasonScope.Adapter,
        "The adapter's connection table has no entry left beside its reserve.", "");

    /// <summary>The adapter's listener table is full.</summary>
    public static ToeReason ResourceListeners { get; } = Define(0x0402, "Resource.Listeners", Transient, ToeReasonScope.Adapter,
        "The adapter's listener table is full.", "");

    /// <summary>The adapter's neighbour table is full.</summary>
    public static ToeReason ResourceNeighbours { get; } = Define(0x0403, "Resource.Neighbours", Transient, ToeReasonScope.Adapter,
        "The adapter's neighbour (L2) table is full.", "");

    /// <summary>The adapter's buffer memory is used up.</summary>
    public static ToeReason ResourceMemory { get; } = Define(0x0404, "Resource.Memory", Transient, ToeReasonScope.Adapter,
        "The adapter's buffer memory is used up.", "");

    /// <summary>Another finite table is full.</summary>
    public static ToeReason ResourceOther { get; } = Define(0x0405, "Resource.Other", Transient, ToeReasonScope.Adapter,
        "A finite table of the adapter is full; the text names it.", "");

    // ── 05 version ──

    /// <summary>The firmware is older than the minimum.</summary>
    public static ToeReason VersionFirmwareOld { get; } = Define(0x0501, "Version.FirmwareOld", Lasting, ToeReasonScope.Adapter,
        "The firmware is older than the minimum of the catalogue.", "Update the adapter's firmware, or the driver where the driver loads it.");

    /// <summary>The firmware is on the list of blocked versions.</summary>
    public static ToeReason VersionFirmwareBlocked { get; } = Define(0x0502, "Version.FirmwareBlocked", Lasting, ToeReasonScope.Adapter,
        "The catalogue blocks this firmware.", "Change to a version that is not blocked; the text gives the advisory.");

    /// <summary>The firmware is newer than any tested.</summary>
    public static ToeReason VersionFirmwareUntested { get; } = Define(0x0503, "Version.FirmwareUntested", Lasting, ToeReasonScope.Adapter,
        "The firmware is newer than the newest tested version.", "Run the conformance kit, then extend the catalogue, or allow it by policy.");

    /// <summary>The firmware's version cannot be read.</summary>
    public static ToeReason VersionFirmwareUnreadable { get; } = Define(0x0504, "Version.FirmwareUnreadable", Lasting, ToeReasonScope.Adapter,
        "The firmware's version is missing or does not follow the provider's grammar.", "Report the string; allow it by policy if you know it.");

    /// <summary>The firmware is not in the catalogue at all.</summary>
    public static ToeReason VersionFirmwareUnknown { get; } = Define(0x0505, "Version.FirmwareUnknown", Lasting, ToeReasonScope.Adapter,
        "The catalogue has no entry for this adapter's model.", "Extend the catalogue, or allow it by policy.");

    /// <summary>The firmware is older than recommended.</summary>
    public static ToeReason VersionFirmwareOutdated { get; } = Define(0x0506, "Version.FirmwareOutdated", Lasting, ToeReasonScope.Adapter,
        "The firmware is older than recommended.", "Update the adapter's firmware when you can, or the driver where the driver loads it.");

    /// <summary>The provider was built against another major version of the contract.</summary>
    public static ToeReason VersionContract { get; } = Define(0x0507, "Version.Contract", Lasting, ToeReasonScope.Provider,
        "The provider was built against another major version of the contract.", "Take a provider package that matches the SDK's major version.");

    /// <summary>The provider's assembly cannot be loaded.</summary>
    public static ToeReason VersionAssemblyLoad { get; } = Define(0x0508, "Version.AssemblyLoad", Lasting, ToeReasonScope.Provider,
        "The provider's assembly cannot be loaded, or does not name a provider.", "The text has the loader's words.");

    /// <summary>Nothing proves the adapter with its firmware.</summary>
    public static ToeReason VersionUnproven { get; } = Define(0x0509, "Version.Unproven", Lasting, ToeReasonScope.Adapter,
        "No conformance report proves the adapter with this firmware.", "Run toe conformance --report on it and name the file in Toe:Firmware:Reports.");

    // ── 06 health ──

    /// <summary>The adapter failed.</summary>
    public static ToeReason HealthFailed { get; } = Define(0x0601, "Health.Failed", Transient, ToeReasonScope.Adapter,
        "The adapter failed.", "Look at the adapter's log; a reset may bring it back.");

    /// <summary>The adapter is recovering.</summary>
    public static ToeReason HealthRecovering { get; } = Define(0x0602, "Health.Recovering", Transient, ToeReasonScope.Adapter,
        "The adapter is recovering.", "");

    /// <summary>The adapter was removed.</summary>
    public static ToeReason HealthRemoved { get; } = Define(0x0603, "Health.Removed", Lasting, ToeReasonScope.Adapter,
        "The adapter was removed.", "");

    /// <summary>The adapter's link is down.</summary>
    public static ToeReason HealthLinkDown { get; } = Define(0x0604, "Health.LinkDown", Transient, ToeReasonScope.Adapter,
        "The adapter's link is down.", "");

    /// <summary>The adapter's circuit is open after repeated faults.</summary>
    public static ToeReason HealthCircuitOpen { get; } = Define(0x0605, "Health.CircuitOpen", Transient, ToeReasonScope.Adapter,
        "Repeated faults opened the adapter's circuit; probes decide when it closes.", "");

    /// <summary>The adapter missed a deadline and is set aside.</summary>
    public static ToeReason HealthQuarantined { get; } = Define(0x0606, "Health.Quarantined", Transient, ToeReasonScope.Adapter,
        "The adapter missed a deadline or broke the contract and is set aside until a probe succeeds.", "");

    /// <summary>The adapter's health gate waits for its firmware to be judged again.</summary>
    public static ToeReason HealthNotJudged { get; } = Define(0x0607, "Health.NotJudged", Transient, ToeReasonScope.Adapter,
        "The adapter came back and its firmware has not been judged again yet.", "");

    // ── 07 quality ── (Chimney's optional upload reasons map here)

    /// <summary>High drop rate.</summary>
    public static ToeReason QualityDropRate { get; } = Define(0x0701, "Quality.DropRate", Transient, ToeReasonScope.Connection,
        "The adapter sees many drops on the connection and asks to upload it.", "");

    /// <summary>High share of out-of-order segments.</summary>
    public static ToeReason QualityOutOfOrder { get; } = Define(0x0702, "Quality.OutOfOrder", Transient, ToeReasonScope.Connection,
        "The adapter sees many out-of-order segments on the connection and asks to upload it.", "");

    /// <summary>Little activity.</summary>
    public static ToeReason QualityLowActivity { get; } = Define(0x0703, "Quality.LowActivity", Transient, ToeReasonScope.Connection,
        "The connection is hardly used; its entry is worth more to another.", "");

    /// <summary>Small I/O.</summary>
    public static ToeReason QualitySmallIo { get; } = Define(0x0704, "Quality.SmallIo", Transient, ToeReasonScope.Connection,
        "The connection moves little data at a time; offloading does not pay.", "");

    /// <summary>A send stood still.</summary>
    public static ToeReason QualityStalled { get; } = Define(0x0705, "Quality.Stalled", Transient, ToeReasonScope.Connection,
        "A send stood still for longer than its deadline: the peer, the path or the adapter no longer answers.", "See toe adapters for the adapter's health; Options.UserTimeout sets the deadline.");

    /// <summary>Fragments arrive.</summary>
    public static ToeReason QualityFragments { get; } = Define(0x0706, "Quality.Fragments", Transient, ToeReasonScope.Connection,
        "The path cuts the connection's packets into fragments, which the adapter does not put together; it asks to upload it.", "");

    /// <summary>The host stack is faster on this path.</summary>
    public static ToeReason QualityHostFaster { get; } = Define(0x0707, "Quality.HostFaster", Transient, ToeReasonScope.Connection,
        "On this path the host stack was measured to be faster than the adapter.", "docs/placement.md says how it is measured; Toe:Worth sets the margin, or switches it off.");

    /// <summary>The connection has to show first that it gains.</summary>
    public static ToeReason QualityStartsOnHost { get; } = Define(0x0708, "Quality.StartsOnHost", Transient, ToeReasonScope.Connection,
        "The connection starts on the host stack, and is offered to the adapter when it has shown that it gains.", "Toe:Placement:Promotion sets what it must show; Toe:Placement:StartOnHost switches it off.");

    /// <summary>Host stack and adapter are compared.</summary>
    public static ToeReason QualityMeasured { get; } = Define(0x0709, "Quality.Measured", Transient, ToeReasonScope.Connection,
        "Host stack and adapter are compared on this path; one connection in a while runs on the one that is not preferred, to measure it.", "Toe:Worth:ExploreInterval sets how seldom.");

    // ── 08 peer ──

    /// <summary>The peer refused or reset.</summary>
    public static ToeReason PeerAnswered { get; } = Define(0x0801, "Peer.Answered", Transient, ToeReasonScope.Connection,
        "The peer or the network answered: refused, reset, unreachable or timed out.", "");

    /// <summary>The peer has no RDMA side where policy says.</summary>
    public static ToeReason PeerNoRdma { get; } = Define(0x0802, "Peer.NoRdma", Transient, ToeReasonScope.Connection,
        "Nothing speaks rsockets at the RDMA port that policy names for the peer, or the peer came by plain TCP.", "Start the peer's RDMA side, open its port in firewalls, or take RdmaPort out of the rule.");

    // ── 09 operator ──

    /// <summary>The operator forbids offloading on this machine.</summary>
    public static ToeReason OperatorForbidden { get; } = Define(0x0901, "Operator.Forbidden", Lasting, ToeReasonScope.Stack,
        "The operator forbids offloading on this machine.", "Look at TOE_MODE and /etc/toe/toe.json.");

    /// <summary>The operator's file is unreadable and there is no last good one.</summary>
    public static ToeReason OperatorPolicyUnreadable { get; } = Define(0x0902, "Operator.PolicyUnreadable", Lasting, ToeReasonScope.Stack,
        "The operator's policy file is malformed and there is no last good one, so nothing is offloaded.", "Mend /etc/toe/toe.json; the log names the line.");

    /// <summary>A person asked for the move.</summary>
    public static ToeReason OperatorMoved { get; } = Define(0x0903, "Operator.Moved", Lasting, ToeReasonScope.Connection,
        "A person or the application asked for this placement.", "");

    /// <summary>The operator set the adapter aside.</summary>
    public static ToeReason OperatorIsolated { get; } = Define(0x0904, "Operator.Isolated", Lasting, ToeReasonScope.Adapter,
        "The operator set the adapter aside.", "toe drain ADAPTER --undo takes it back; so does the end of the program.");

    // ── 0A environment ──

    /// <summary>This operating system does not have the interface.</summary>
    public static ToeReason EnvironmentOperatingSystem { get; } = Define(0x0A01, "Environment.OperatingSystem", Lasting, ToeReasonScope.Provider,
        "This operating system does not have the interface that the provider needs.", "Run on Linux, or use the fabric.");

    /// <summary>A privilege is missing.</summary>
    public static ToeReason EnvironmentPrivilege { get; } = Define(0x0A02, "Environment.Privilege", Lasting, ToeReasonScope.Provider,
        "A privilege is missing.", "The text names it, and how to do without.");

    /// <summary>A device or module is missing.</summary>
    public static ToeReason EnvironmentDevice { get; } = Define(0x0A03, "Environment.Device", Transient, ToeReasonScope.Provider,
        "A device, driver or module that the provider needs is missing.", "The text names it.");

    /// <summary>The host's kernel may offload host sockets and cannot be told not to.</summary>
    public static ToeReason EnvironmentUncontrolled { get; } = Define(0x0A04, "Environment.Uncontrolled", Lasting, ToeReasonScope.Stack,
        "A vendor's kernel module may take host sockets and cannot be told to leave them.", "Load the vendor policy that honours the SDK's mark.");

    /// <summary>Connection tracking would not follow the move.</summary>
    public static ToeReason EnvironmentConntrack { get; } = Define(0x0A05, "Environment.Conntrack", Lasting, ToeReasonScope.Connection,
        "The connection tracking entry could not be prepared for the move.", "");

    /// <summary>The packet filter has rules that offloading would walk around.</summary>
    public static ToeReason EnvironmentHostRules { get; } = Define(0x0A06, "Environment.HostRules", Lasting, ToeReasonScope.Connection,
        "Offloading would walk around the host's packet filter or QoS.", "Allow it by policy, or change the rule that the text names.");

    /// <summary>No adapter is registered or was found.</summary>
    public static ToeReason EnvironmentNoAdapter { get; } = Define(0x0A07, "Environment.NoAdapter", Transient, ToeReasonScope.Stack,
        "No registered provider found an adapter.", "Register a provider; `toe adapters` lists what each one saw.");

    /// <summary>The driver that is bound does not offload.</summary>
    public static ToeReason EnvironmentDriver { get; } = Define(0x0A08, "Environment.Driver", Lasting, ToeReasonScope.Adapter,
        "The driver or module that offloads is not installed, not loaded or not attached.", "The text says what to install or load.");

    /// <summary>The host is played back.</summary>
    public static ToeReason EnvironmentReplayed { get; } = Define(0x0A09, "Environment.Replayed", Lasting, ToeReasonScope.Adapter,
        "The host is played back from an image: its adapters carry nothing here.", "Run on the machine itself.");

    // ── 0F internal ──

    /// <summary>The provider threw.</summary>
    public static ToeReason InternalProviderException { get; } = Define(0x0F01, "Internal.ProviderException", Transient, ToeReasonScope.Adapter,
        "The provider threw an exception.", "Report it to the provider's author; the text has type and message.");

    /// <summary>The provider missed a deadline.</summary>
    public static ToeReason InternalProviderLate { get; } = Define(0x0F02, "Internal.ProviderLate", Transient, ToeReasonScope.Adapter,
        "The provider did not answer a control call within its deadline.", "");

    /// <summary>The provider broke the contract.</summary>
    public static ToeReason InternalContractViolation { get; } = Define(0x0F03, "Internal.ContractViolation", Transient, ToeReasonScope.Adapter,
        "The provider broke the contract; the text says how.", "Report it to the provider's author.");

    /// <summary>The stack was disposed.</summary>
    public static ToeReason InternalStackDisposed { get; } = Define(0x0F04, "Internal.StackDisposed", Lasting, ToeReasonScope.Stack,
        "The stack was disposed.", "");

    private static readonly FrozenDictionary<ushort, ToeReasonDescriptor> ByCode = Defined.ToFrozenDictionary(d => d.Code);

    /// <summary>All descriptors, ordered by code.</summary>
    public static IReadOnlyList<ToeReasonDescriptor> All { get; } = [.. Defined.OrderBy(d => d.Code)];

    /// <summary>The descriptor of a code; null when the code is not one of ours.</summary>
    /// <param name="code">The code.</param>
    public static ToeReasonDescriptor? Find(ushort code) => ByCode.GetValueOrDefault(code);

    private static ToeReason Define(
        ushort code, string name, bool transient, ToeReasonScope scope, string description, string remedy)
    {
        Defined.Add(new ToeReasonDescriptor(code, name, transient, scope, description, remedy));
        return new ToeReason(code);
    }
}

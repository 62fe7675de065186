using Microsoft.Extensions.Options;

namespace Toe;

/// <summary>The SDK's settings: the configuration section <c>Toe</c>. Validated when the host starts and at every reload; a reload that is
/// wrong keeps what was right before.</summary>
/// <remarks>Times are written <c>hours:minutes:seconds</c>, with a fraction where needed: <c>00:00:00.250</c> is 250 ms. A bare number
/// would be days.</remarks>
public sealed class ToeOptions
{
    /// <summary>The configuration section: <c>Toe</c>.</summary>
    public const string SectionName = "Toe";

    /// <summary>One budget for name resolution and all attempts of a connect that does not bring its own.</summary>
    /// <value>Default 30 s; 1 ms to 1 day.</value>
    [TimeRange("00:00:00.001", "1.00:00:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an adapter may take to reserve what a connection needs. Nothing is sent meanwhile; a miss is the adapter's fault
    /// and the next candidate's turn.</summary>
    /// <value>Default 100 ms; 1 ms to 1 minute.</value>
    [TimeRange("00:00:00.001", "00:01:00")]
    public TimeSpan OpenDeadline { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a control call (discover, refresh, listen, freeze, import, dispose) may take before the adapter is
    /// quarantined.</summary>
    /// <value>Default 5 s; 10 ms to 10 minutes.</value>
    [TimeRange("00:00:00.010", "00:10:00")]
    public TimeSpan ControlDeadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between two active probes of an adapter whose circuit is open.</summary>
    /// <value>Default 5 s; 100 ms to 1 day.</value>
    [TimeRange("00:00:00.100", "1.00:00:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between two readings of an adapter's status (health, firmware, budgets).</summary>
    /// <value>Default 1 s; 10 ms to 1 hour.</value>
    [TimeRange("00:00:00.010", "01:00:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>When its host stops, how long a connection must have moved no byte to be closed; those that move go on, until the host's own time to shut
    /// down is over.</summary>
    /// <value>Default 1 s; 1 ms to 10 minutes.</value>
    [TimeRange("00:00:00.001", "00:10:00")]
    public TimeSpan ShutdownQuietTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between the starts of attempts to different addresses of one name: RFC 8305 section 5, Connection Attempt
    /// Delay.</summary>
    /// <value>Default 250 ms; 10 ms (the RFC's lower bound) to 2 s (its upper one).</value>
    [TimeRange("00:00:00.010", "00:00:02")]
    public TimeSpan ConnectionAttemptDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The share of each of an adapter's tables that admission leaves free, for diagnostics and for other processes.</summary>
    /// <value>Default 0.05; 0 to below 1. At least one entry is left free where it is above 0.</value>
    [NumberRange(0, 0.99)]
    public double BudgetReserve { get; set; } = 0.05;

    /// <summary>True runs continuations on the adapter's own thread. Faster, and wrong for code that blocks.</summary>
    /// <value>Default false.</value>
    public bool PreferInlineScheduling { get; set; }

    /// <summary>The mode where neither the operator, nor the request, nor a policy rule says one.</summary>
    /// <value>Default <see cref="ToeMode.Prefer"/>.</value>
    public ToeMode Mode { get; set; } = ToeMode.Prefer;

    /// <summary>True offloads connections although the host's packet filter, QoS or IPsec has something to say about them that an offload walks around; the trace still names
    /// it. A policy rule may say otherwise for what it matches.</summary>
    /// <value>Default false: such connections run on the host stack, with reason <c>Environment.HostRules</c>.</value>
    public bool AllowBypass { get; set; }

    /// <summary>How many fallbacks are still healthy.</summary>
    [ValidateObjectMembers]
    public FallbackAllowanceOptions FallbackAllowance { get; set; } = new();

    /// <summary>When repeated faults open an adapter's circuit, and for how long.</summary>
    [ValidateObjectMembers]
    public CircuitOptions Circuit { get; set; } = new();

    /// <summary>Which firmware is trusted.</summary>
    [ValidateObjectMembers]
    public FirmwareOptions Firmware { get; set; } = new();

    /// <summary>Which connections are offloaded, and to what.</summary>
    public PolicyOptions Policy { get; set; } = new();

    /// <summary>When established connections move although nobody asked.</summary>
    [ValidateObjectMembers]
    public PlacementOptions Placement { get; set; } = new();

    /// <summary>How the advisor measures host stack and adapters, and when it says that the host stack is faster.</summary>
    [ValidateObjectMembers]
    public WorthOptions Worth { get; set; } = new();

    /// <summary>What this process shows to the <c>toe</c> tool.</summary>
    public DiagnosticsOptions Diagnostics { get; set; } = new();
}

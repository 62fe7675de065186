namespace Toe.Testing;

/// <summary>What is demanded of the stack itself. Each is proven by the tests of <c>tests/Toe.Core.Tests</c> that name it: <c>[Trait("Requirement", "TOE-POLI-001")]</c>.</summary>
public static class StackRequirements
{
    /// <summary>The name of the trait by which a test says what it proves.</summary>
    public const string Trait = "Requirement";

    /// <summary>All of them, group by group.</summary>
    public static IReadOnlyList<StackRequirement> All { get; } =
    [
        .. Group(
            "Policy",
            ("TOE-POLI-001", "The request's mode stands above the policy's, and the policy's above the default, which is Prefer.", "ToeConnectRequest.Mode"),
            ("TOE-POLI-002", "The operator's Forbid, in the file or in the environment, stands above the request and the policy.", "Operator.Forbidden"),
            ("TOE-POLI-003", "Require against the operator's Forbid fails, and the trace names both sides.", "Policy.Conflict"),
            ("TOE-POLI-004", "The operator only narrows: its file cannot require, and an adapter is allowed where both allow it.", "Policy.AdapterNotAllowed"),
            ("TOE-POLI-005", "A malformed operator's file leaves the last good one in force, and forbids everything where there is none yet.", "Operator.PolicyUnreadable"),
            ("TOE-POLI-006", "Changed configuration decides about new connections and running listeners without a restart, and a wrong change leaves the last good one in force.", "ToeOptions.Policy"),
            ("TOE-POLI-007", "Require fails instead of falling back, with the trace in the exception.", "ToeOffloadRequiredException.Trace"),
            ("TOE-POLI-008", "Forbid asks no adapter, neither for a connection nor for a listener.", "ToeMode.Forbid"),
            ("TOE-POLI-009", "A host socket is steered away from a kernel module that takes any socket; where that cannot be, its placement claims nothing, and Forbid fails.", "Environment.Uncontrolled"),
            ("TOE-POLI-010", "Rules on local addresses see the address that the connection will have, also where the request leaves it open.", "PolicyRuleOptions.Local"),
            ("TOE-POLI-011", "The order of registration is the order of preference, and a stack without providers is the host stack.", "IToeBuilder.AddProvider")),
        .. Group(
            "Placement and decision traces",
            ("TOE-PLAC-001", "Every adapter is asked by the same gates in the same order, from cached status: a decision reads no card.", "IToeAdapter.Status"),
            ("TOE-PLAC-002", "A refusal is in the trace with its adapter, its gate and its reason, and an adapter that was not asked is there as such.", "DecisionTrace.Candidates"),
            ("TOE-PLAC-003", "Explain answers as the open would, and reserves, opens and binds nothing.", "IToeStack.Explain"),
            ("TOE-PLAC-004", "Admission stops before a table of the adapter is full, and a full table is the host stack with that table's own reason.", "ToeBudget.Exhausted"),
            ("TOE-PLAC-005", "An offload that would walk around a rule of the host's packet filter is refused and names the rule, unless policy allows it.", "Environment.HostRules"),
            ("TOE-PLAC-006", "A connection that runs on the host stack has a reason.", "Placement.Reason"),
            ("TOE-PLAC-007", "How sure it is that a connection is offloaded is the adapter's own answer about it.", "Placement.Confidence"),
            ("TOE-PLAC-008", "Changes of the placement are announced on the thread pool, one at a time and in order, and a handler that throws or blocks holds up nothing else.", "ToeConnection.PlacementChanged"),
            ("TOE-PLAC-009", "Connections follow a policy that changes, and one that cannot move goes on and is reported.", "PlacementOptions.FollowPolicy"),
            ("TOE-PLAC-010", "Where an adapter takes established connections, the connect returns with the host's and the offload follows; only Require waits for it.", "OffloadModel.EstablishedState")),
        .. Group(
            "Fall-back and containment of providers",
            ("TOE-FALL-001", "An adapter's refusal moves the open on to the next and at last to the host stack, and the first refusal is the reason.", "ConnectOutcome.Refused"),
            ("TOE-FALL-002", "A peer's answer ends the connect after one SYN, with the error that a host socket gives.", "ConnectOutcome.PeerAnswered"),
            ("TOE-FALL-003", "A slow handshake is the peer's time: only an adapter that is lost during it costs a second SYN, elsewhere.", "AdapterHealth.Failed"),
            ("TOE-FALL-004", "Several addresses are tried in turn, the next after a delay or at once after a failure; what succeeds too late is closed, and the error is the last address's.", "RFC 8305 §5"),
            ("TOE-FALL-005", "What a carrier cannot honour is a downgrade, also where it was lost by falling back or by moving.", "ToeConnection.Downgrades"),
            ("TOE-FALL-006", "A provider's exception in a control call or a cached answer is a refusal with its words, and never the caller's.", "Internal.ProviderException"),
            ("TOE-FALL-007", "A control call that misses its deadline sets the adapter aside, and its late result is disposed.", "Health.Quarantined"),
            ("TOE-FALL-008", "An answer that breaks the contract is a fault with its reason: an open falls back, and a connection ends.", "Internal.ContractViolation"),
            ("TOE-FALL-009", "An adapter's events that come late, again or for nothing change nothing.", "IAdapterSocketEvents.OnReady"),
            ("TOE-FALL-010", "The application's code runs on an adapter's thread only where it asked for that.", "ToeOptions.PreferInlineScheduling"),
            ("TOE-FALL-011", "A provider that hangs in its discovery or its disposal holds up neither connects nor the end of the stack.", "IToeProvider.DiscoverAsync")),
        .. Group(
            "Circuit, health and trust",
            ("TOE-CIRC-001", "Repeated faults open an adapter's circuit, and an adapter whose circuit is open is not asked.", "Health.CircuitOpen"),
            ("TOE-CIRC-002", "Probes that succeed in a row close the circuit, and no customer's connection is a probe.", "CircuitOptions.ProbeSuccesses"),
            ("TOE-CIRC-003", "Peers' answers and adapters' refusals never count as faults.", "CircuitOptions.FailureRatio"),
            ("TOE-CIRC-004", "An adapter whose health cannot be read in time is lost, and its connections with it.", "IToeAdapter.RefreshAsync"),
            ("TOE-CIRC-005", "An adapter that the operator sets aside comes back by the operator only.", "Operator.Isolated"),
            ("TOE-CIRC-006", "Firmware that is too old, blocked or unreadable is refused, and is judged again on a timer and after every reset, before anything is admitted.", "Health.NotJudged"),
            ("TOE-CIRC-007", "A catalogue in the place of the shipped one counts only with a signature by a trusted key, unless unsigned ones are allowed.", "FirmwareOptions.TrustedKeys"),
            ("TOE-CIRC-008", "The contract that a provider was built against is read before its code runs, and another one is a reason.", "ToeProviderAttribute.ContractMajor"),
            ("TOE-CIRC-009", "Health is degraded where an adapter cannot be used, a module cannot be kept off, or fallbacks exceed their allowance, and unhealthy only where connects fail.", "FallbackAllowanceOptions.Share"),
            ("TOE-CIRC-010", "Where a proof is asked for, an adapter is offloaded to only while a conformance report proves it with the firmware that it has.", "Version.Unproven")),
        .. Group(
            "Time and cancellation",
            ("TOE-TIME-001", "One time budget covers all attempts of a connect, the host stack's included, and ends as a time-out.", "ToeConnectRequest.Timeout"),
            ("TOE-TIME-002", "An open that an adapter does not answer costs the connect its own short deadline, and not the budget.", "ToeOptions.OpenDeadline"),
            ("TOE-TIME-003", "A cancelled connect ends with the caller's token, wherever it is, and leaves nothing on any side.", "IToeStack.ConnectAsync"),
            ("TOE-TIME-004", "A cancelled data call loses no byte, and a cancelled accept no connection.", "ToeConnection.ReceiveAsync"),
            ("TOE-TIME-005", "Disposing the stack ends every connect, listen, accept and data call that is under way, and every later one says that it was disposed.", "ToeStack.DisposeAsync")),
        .. Group(
            "Telemetry",
            ("TOE-TELE-001", "Every fallback has a reason, a counter, a row in the table of connections and a log line.", "IToeStack.Connections"),
            ("TOE-TELE-002", "Log lines of fallbacks are rate limited, each reason by itself, and say how many they stand for.", "ToeReason.Code"),
            ("TOE-TELE-003", "A choice is no fallback: neither Forbid nor a path on which the host stack is faster counts as one.", "Quality.HostFaster"),
            ("TOE-TELE-004", "Open connections are counted by provider and come back to zero, however they end.", "IToeStack.Connections"),
            ("TOE-TELE-005", "Bytes are counted as the application moved them, by direction and provider, and over moves.", "ToeConnectionInfo.BytesSent"),
            ("TOE-TELE-006", "A connect is one client span with its peer, placement and reason, and one that fails is an error.", "IToeStack.ConnectAsync"),
            ("TOE-TELE-007", "The owner of a process, and nobody else, sees its connections from outside: who, where, since when and why.", "DiagnosticsOptions.Endpoint"),
            ("TOE-TELE-008", "Captured packets of all adapters are one file, and a slow reader loses packets instead of holding up whoever carries them.", "ICaptureReceiver.Lost")),
        .. Group(
            "Listeners",
            ("TOE-LSTN-001", "The host binds first and adapters take the same number; what the host cannot bind is its error, and no adapter is asked.", "ToeListener.LocalEndPoint"),
            ("TOE-LSTN-002", "Connections of the host and of adapters arrive at one accept, each with its placement.", "ToeListener.AcceptAsync"),
            ("TOE-LSTN-003", "A passive open that is refused at the SYN is left to the host, and the connection has the refusal's reason.", "IAdapterListenerEvents.Admit"),
            ("TOE-LSTN-004", "An adapter that dies or stops costs no listener, and is asked again.", "IAdapterListenerEvents.OnStopped"),
            ("TOE-LSTN-005", "At an address that is an adapter's own, a refused listen is an error with its reason.", "AddressModel.Own"),
            ("TOE-LSTN-006", "Under Require the host keeps the port and accepts nothing; where no adapter takes the listener, the listen fails and the port is free.", "ToeListenRequest.Mode"),
            ("TOE-LSTN-007", "An adapter that cannot ask at the SYN is judged at the accept.", "AdapterFeatures.AdmitsAtSyn"),
            ("TOE-LSTN-008", "Disposal ends accepts that wait and resets what nobody accepted, and accepted connections live on.", "ToeListener.DisposeAsync")),
        .. Group(
            "Connections and moves",
            ("TOE-CARR-001", "Every byte arrives once and in order, both ways at once, whatever the sizes of the calls.", "ToeConnection.SendAsync"),
            ("TOE-CARR-002", "Completing sends FIN behind what was sent, and receiving goes on.", "RFC 9293 §3.6"),
            ("TOE-CARR-003", "Disposal fails the calls that wait and then sends FIN behind what was sent, or RST over data that nobody read; Abort sends RST.", "ToeConnection.DisposeAsync"),
            ("TOE-CARR-004", "Errors are a SocketException, from the stream an IOException around it, and a reset is never taken for the end of the stream.", "ToeConnection.AsStream"),
            ("TOE-CARR-005", "Where an adapter dies and a connection cannot move, its calls fail at once with the reason and the bytes that were acknowledged.", "ToeConnectionLostException.BytesAcknowledged"),
            ("TOE-CARR-006", "Calls in flight wait for a move and go on behind it: no byte is lost, doubled or reordered.", "ToeConnection.MoveAsync"),
            ("TOE-CARR-007", "A move prepares, freezes, imports, activates and releases, in this order; a failure leaves the connection where it was, and from the activation on ends it with the reason.", "IMoveTarget.ActivateAsync"),
            ("TOE-CARR-008", "A connection that its adapter must give up, or that a failed adapter can still tell the state of, moves to the host stack with the reason.", "IAdapterSocketEvents.OnUploadWanted")),
    ];

    private static IEnumerable<StackRequirement> Group(string name, params IEnumerable<(string Id, string Text, string Source)> requirements) =>
        requirements.Select(requirement => new StackRequirement(requirement.Id, name, requirement.Text, requirement.Source));
}

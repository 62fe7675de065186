using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Toe.Adapters;
using Toe.Connecting;
using Toe.Connections;
using Toe.Gates;
using Toe.Moving;
using Toe.Placing;
using Toe.Policy;
using Toe.Telemetry;

namespace Toe.Hosting;

/// <summary>What the parts of one stack share. Owned by <see cref="ToeStack"/>.</summary>
internal sealed class StackContext(
    IOptionsMonitor<ToeOptions> options, PolicyEngine policy, AdapterSupervisor supervisor, SupervisionContext supervision, IHostRoutes routes, HostRulesMonitor rules,
    GateKeeper gates, Advisor advisor, Mover mover, ToeMetrics metrics, ILogger logger, TimeProvider time, CancellationToken stopping)
{
    /// <summary>Cancelled when the stack is disposed: opens under way end.</summary>
    public CancellationToken Stopping => stopping;

    public ToeOptions Options => options.CurrentValue;

    public PolicyEngine Policy => policy;

    public AdapterSupervisor Supervisor => supervisor;

    public SupervisionContext Supervision => supervision;

    public IHostRoutes Routes => routes;

    public ToeMetrics Metrics => metrics;

    public ILogger Logger => logger;

    public TimeProvider Time => time;

    public GateKeeper Gates => gates;

    public HostRulesMonitor Rules => rules;

    public TraceCache Traces { get; } = new();

    /// <summary>What was measured on the paths of this stack's connections.</summary>
    public Advisor Advisor => advisor;

    public Mover Mover => mover;

    public ConnectionOwner Connections { get; } = new(options, time, metrics, logger, mover);

    /// <summary>Peers that are not asked for RDMA for a while.</summary>
    public SilentPeers SilentPeers { get; } = new(time);

    public FallbackLog Fallbacks { get; } = new(options, time, logger);
}

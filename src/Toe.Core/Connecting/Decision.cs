using System.Collections.Immutable;
using Toe.Adapters;
using Toe.Gates;
using Toe.Policy;

namespace Toe.Connecting;

/// <summary>Collects the answers of one open into a trace.</summary>
internal sealed class Decision(PolicyDecision policy)
{
    private readonly ImmutableArray<CandidateDecision>.Builder _candidates = ImmutableArray.CreateBuilder<CandidateDecision>();
    private ToeReason _firstRefusal;
    private ToeReason _notNamed;

    public PolicyDecision Policy => policy;

    /// <summary>Why the first candidate was not taken.</summary>
    public ToeReason FirstRefusal => _firstRefusal;

    public void NotAsked(SupervisedAdapter adapter) => Add(adapter, [], CandidateOutcome.NotAsked, ToeReason.None);

    /// <summary>An adapter that serves only peers that policy names, and this is none: that it is passed by is no fallback.</summary>
    public void NotNamed(SupervisedAdapter adapter)
    {
        _notNamed = ToeReasons.CapabilityModel.With("no rule has an RdmaPort for this peer");
        Add(adapter, [], CandidateOutcome.NotAsked, _notNamed);
    }

    public void Refused(SupervisedAdapter adapter, ImmutableArray<GateAnswer> gates, ToeReason reason)
    {
        if (_firstRefusal.IsNone)
            _firstRefusal = reason;
        Add(adapter, gates, CandidateOutcome.Refused, reason);
    }

    public void Eligible(SupervisedAdapter adapter, GateResult gates) => Add(adapter, gates.Answers, CandidateOutcome.Eligible, ToeReason.None);

    public void Taken(SupervisedAdapter adapter, GateResult gates) => Add(adapter, gates.Answers, CandidateOutcome.Taken, ToeReason.None);

    /// <summary>The trace of a placement on an adapter.</summary>
    public DecisionTrace OnAdapter(SupervisedAdapter adapter) => Trace(adapter.Identity.Id, _firstRefusal, failed: false);

    /// <summary>The trace of a placement on the host stack.</summary>
    /// <param name="reason">Overrules the collected reason, if given.</param>
    public DecisionTrace OnHost(ToeReason reason = default) => Trace(null, reason.IsNone ? HostReason() : reason, failed: false);

    /// <summary>The trace of an open that may run nowhere.</summary>
    public DecisionTrace Nowhere(ToeReason reason = default) => Trace(null, reason.IsNone ? HostReason() : reason, failed: true);

    /// <summary>The trace of a dry run in which no adapter is eligible.</summary>
    /// <param name="uncontrolled">Why a host placement would not be certain, if it would not.</param>
    public DecisionTrace WithoutAdapter(ToeReason uncontrolled) => policy.Mode switch
    {
        ToeMode.Require => Nowhere(),
        ToeMode.Forbid when !uncontrolled.IsNone => Nowhere(uncontrolled),
        _ => OnHost(uncontrolled),
    };

    private ToeReason HostReason()
    {
        if (!policy.Reason.IsNone)
            return policy.Reason;
        return !_firstRefusal.IsNone ? _firstRefusal
            : !_notNamed.IsNone ? _notNamed
            : ToeReasons.EnvironmentNoAdapter;
    }

    /// <summary>A later answer of an adapter takes the place of an earlier one.</summary>
    private void Add(SupervisedAdapter adapter, ImmutableArray<GateAnswer> gates, CandidateOutcome outcome, ToeReason reason)
    {
        var candidate = new CandidateDecision(adapter.Identity.Id, adapter.View.Status.Capabilities.Model, gates, outcome, reason);
        for (var i = 0; i < _candidates.Count; i++)
        {
            if (_candidates[i].AdapterId != candidate.AdapterId)
                continue;
            _candidates[i] = candidate;
            return;
        }

        _candidates.Add(candidate);
    }

    private DecisionTrace Trace(string? adapterId, ToeReason reason, bool failed) => new()
    {
        Mode = policy.Mode,
        ModeSource = policy.ModeSource,
        Candidates = _candidates.ToImmutable(),
        AdapterId = adapterId,
        Failed = failed,
        Reason = reason,
    };
}

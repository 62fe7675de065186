using System.Collections.Concurrent;

namespace Toe.Core.Tests.Scripted;

/// <summary>An adapter whose packets a test makes up.</summary>
internal sealed class ScriptedCapturingAdapter(string id) : ScriptedAdapter(id), ICapturesPackets
{
    public CaptureLinkType CaptureLinkType { get; init; } = CaptureLinkType.RawIp;

    public ToeReason Refusal { get; set; }

    /// <summary>The receivers of the captures that run.</summary>
    public ConcurrentDictionary<ICaptureReceiver, bool> Captures { get; } = new();

    public ValueTask<CaptureResult> StartCaptureAsync(ICaptureReceiver packets, CancellationToken cancellationToken)
    {
        if (!Refusal.IsNone)
            return ValueTask.FromResult(CaptureResult.Refused(Refusal));
        Captures[packets] = true;
        return ValueTask.FromResult(CaptureResult.Started(new Running(this, packets)));
    }

    private sealed class Running(ScriptedCapturingAdapter adapter, ICaptureReceiver packets) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            adapter.Captures.TryRemove(packets, out _);
            return ValueTask.CompletedTask;
        }
    }
}

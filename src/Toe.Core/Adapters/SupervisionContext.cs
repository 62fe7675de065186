using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Toe.Firmware;
using Toe.Telemetry;

namespace Toe.Adapters;

/// <summary>What all supervised adapters of a stack share.</summary>
internal sealed class SupervisionContext(
    IOptionsMonitor<ToeOptions> options, FirmwareJudge judge, TimeProvider time, ToeMetrics metrics, ILogger logger, CancellationToken stopping)
{
    public ToeOptions Options => options.CurrentValue;

    public FirmwareJudge Judge => judge;

    public TimeProvider Time => time;

    public ToeMetrics Metrics => metrics;

    public ILogger Logger => logger;

    /// <summary>The adapters that the operator has set aside.</summary>
    public IsolatedAdapters Isolated { get; } = new();

    /// <summary>Raised off the adapter's thread when what the gates would answer may have changed.</summary>
    public event Action? AdapterChanged;

    /// <summary>Tells whoever depends on the gates, off the caller's thread.</summary>
    public void Announce() => ThreadPool.UnsafeQueueUserWorkItem(static context => context.AdapterChanged?.Invoke(), this, preferLocal: false);

    /// <summary>Reads the card again, off the caller's thread.</summary>
    public void RefreshSoon(SupervisedAdapter adapter) => _ = Task.Run(() => RefreshQuietlyAsync(adapter), CancellationToken.None);

    private async Task RefreshQuietlyAsync(SupervisedAdapter adapter)
    {
        if (stopping.IsCancellationRequested)
            return;
        try
        {
            await adapter.RefreshAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The stack ends.
        }
    }
}

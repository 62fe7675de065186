using System.Globalization;
using Toe.Telemetry;

namespace Toe.Diagnostics;

/// <summary>Captures the packets of all adapters that can, as one pcapng section, until the asker leaves. The connections never wait for the asker: what it does not take in time is lost, and counted.</summary>
internal sealed class CaptureRequest(int maximumPacket) : LastingRequest
{
    private const int RingSize = 8 * 1024 * 1024;
    private const int LargestPiece = 256 * 1024;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StuckReader = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly List<CapturedInterface> _interfaces = [];

    public override async Task RunAsync(IReadOnlyList<ToeStack> stacks, DiagnosticAsker asker, CancellationToken leaving)
    {
        var ring = new BlockRing(RingSize, LargestPiece);
        try
        {
            var refusals = await StartAsync(stacks, ring, leaving).ConfigureAwait(false);
            if (_interfaces.Count == 0)
            {
                Result = refusals.Count == 0 ? "no adapter of this program shows its packets" : string.Join("; ", refusals);
                await asker.WriteLineAsync(new MoveLine(Error: Result), DiagnosticJson.Default.MoveLine, leaving).ConfigureAwait(false);
                return;
            }

            StackLog.AskedFromOutside(stacks[0].Logger, asker.Who.Pid, asker.Who.User, ToString(), string.Join("; ", [$"begun on {_interfaces.Count} adapters", .. refusals]));
            await PumpAsync(ring, asker, leaving).ConfigureAwait(false);
        }
        finally
        {
            await Task.WhenAll(_interfaces.Select(static captured => captured.StopAsync())).ConfigureAwait(false);
            Result = _interfaces.Count == 0 ? Result : $"ended after {_interfaces.Sum(static captured => captured.PacketsReceived)} packets, {_interfaces.Sum(static captured => captured.PacketsLost)} of them lost";
        }

        using var time = new CancellationTokenSource(LastWords, TimeProvider.System);
        await WriteBlocksAsync(ring, asker, LastWords, time.Token).ConfigureAwait(false);
        foreach (var captured in _interfaces)
            await asker.WriteAsync(captured.Count(), time.Token).ConfigureAwait(false);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"capture {maximumPacket} bytes of each packet");

    private async Task<List<string>> StartAsync(IReadOnlyList<ToeStack> stacks, BlockRing ring, CancellationToken cancellationToken)
    {
        var refusals = new List<string>();
        foreach (var adapter in stacks.SelectMany(static stack => stack.Supervisor.Adapters).Where(static adapter => adapter.Adapter is ICapturesPackets))
        {
            var captured = new CapturedInterface(adapter, ring, _interfaces.Count, maximumPacket, TimeProvider.System);
            var refusal = await captured.StartAsync(cancellationToken).ConfigureAwait(false);
            if (refusal.IsNone)
                _interfaces.Add(captured);
            else
                refusals.Add($"{adapter.Identity.Id}: {refusal}");
        }

        return refusals;
    }

    private async Task PumpAsync(BlockRing ring, DiagnosticAsker asker, CancellationToken leaving)
    {
        // What is half written when the asker wants no more is finished, or the block would be torn.
        using var time = new CancellationTokenSource();
        using var soon = leaving.UnsafeRegister(static time => ((CancellationTokenSource)time!).CancelAfter(LastWords), time);
        await asker.WriteAsync((byte[])[.. PcapngBlocks.Section(), .. _interfaces.SelectMany(static captured => captured.Describe())], time.Token).ConfigureAwait(false);
        while (!leaving.IsCancellationRequested)
        {
            await WriteBlocksAsync(ring, asker, StuckReader, time.Token).ConfigureAwait(false);
            await Task.Delay(Look, TimeProvider.System, leaving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task WriteBlocksAsync(BlockRing ring, DiagnosticAsker asker, TimeSpan limit, CancellationToken cancellationToken)
    {
        while (ring.Peek() is { Length: > 0 } blocks)
        {
            await asker.WriteAsync(blocks, limit, cancellationToken).ConfigureAwait(false);
            ring.Release(blocks.Length);
        }
    }
}

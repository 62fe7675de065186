using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.Versioning;

namespace Toe.Vm.Tests.Devices;

/// <summary>
/// rdma-core's own program over librdmacm's rsockets: the other implementation of the protocol. After 16 bytes each way the client sends so many pieces and the server sends as many back, so many
/// times.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class Rstream : IDisposable
{
    private readonly Process _process;
    private readonly Plan _plan;

    private Rstream(Process process, Plan plan) => (_process, _plan) = (process, plan);

    /// <summary>What it moves.</summary>
    /// <param name="Size">Bytes of a piece.</param>
    /// <param name="Count">Pieces in a row.</param>
    /// <param name="Rounds">Times there and back.</param>
    public sealed record Plan(int Size, int Count, int Rounds)
    {
        public const int Hello = 16;

        public long Bytes => 2L * Size * Count * Rounds;
    }

    public static Rstream Serve(IPEndPoint local, Plan plan, string test) => Start($"-b {local.Address} -p {local.Port}", plan, test);

    public static Rstream Connect(IPEndPoint remote, Plan plan, string test) => Start($"-s {remote.Address} -p {remote.Port}", plan, test);

    /// <summary>Waits until it has verified what it received.</summary>
    /// <returns>Bits in a second, as it counts them.</returns>
    public async Task<double> EndAsync(CancellationToken cancellationToken)
    {
        var output = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        Check.True(_process.ExitCode == 0 && !output.Contains("fail", StringComparison.Ordinal), $"rstream ended with {_process.ExitCode}: {output}");
        var words = output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries); // … TIME Gb/sec usec/xfer
        return _plan.Size * 8 * 1e6 / double.Parse(words[^1], CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static Rstream Start(string where, Plan plan, string test)
    {
        var line = $"{where} -S {plan.Size} -C {plan.Count} -I {plan.Rounds} -T {test}";
        var start = new ProcessStartInfo("rstream", line.Split(' ')) { UseShellExecute = false, RedirectStandardOutput = true };
        return new Rstream(Process.Start(start) ?? throw new GuestFailureException("rstream did not start"), plan);
    }
}

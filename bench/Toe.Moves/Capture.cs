using System.Globalization;
using Toe.Testing;

namespace Toe.Moves;

/// <summary>When packets of the moved side reached the peer's interface, as tshark saw them there.</summary>
internal sealed class Capture : IAsyncDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".pcapng");
    private KernelPeer? _tshark;

    /// <summary>Begins; 64 bytes of each packet are enough.</summary>
    public static async Task<Capture> StartAsync(NetworkNamespace space)
    {
        var capture = new Capture();
        capture._tshark = space.Start("tshark", "-q", "-i", Lab.Device, "-s", "96", "-B", "64", "-f", "tcp and inbound", "-w", capture._file);
        await capture._tshark.WaitForErrorAsync("Capturing on");
        return capture;
    }

    /// <summary>Ends, and reads the times: microseconds since 1970, in order.</summary>
    public async Task<IReadOnlyList<double>> FinishAsync()
    {
        await KernelPeer.RunAsync(["kill", "-INT", _tshark!.Id.ToString(CultureInfo.InvariantCulture)]);
        await _tshark.WaitAsync();
        var read = (await KernelPeer.RunAsync(["tshark", "-r", _file, "-T", "fields", "-e", "frame.time_epoch"])).Good();
        return [.. read.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture) * 1_000_000)];
    }

    public async ValueTask DisposeAsync()
    {
        if (_tshark is not null)
            await _tshark.DisposeAsync();
        File.Delete(_file);
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RedisOverToe;

/// <summary>A redis-server of the sample's own, which knows nothing of offload: empty, on a free port, ended with this object.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private const string Program = "redis-server";

    private readonly Process _process;

    private RedisServer(Process process, IPEndPoint endPoint)
    {
        _process = process;
        EndPoint = endPoint;
    }

    public static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(static folder => File.Exists(Path.Combine(folder, Program)));

    public IPEndPoint EndPoint { get; }

    /// <summary>Starts it, and waits until it says that it accepts connections.</summary>
    public static async Task<RedisServer> StartAsync(IPAddress address)
    {
        var endPoint = FreePort(address);
        var port = endPoint.Port.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(new ProcessStartInfo(
            Program, ["--bind", $"{address}", "--port", port, "--save", "", "--protected-mode", "no", "--dir", Path.GetTempPath()])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var server = new RedisServer(process, endPoint);
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync(); // It would stand still behind a full pipe.
                return server;
            }
        }

        await server.DisposeAsync();
        throw new InvalidOperationException($"{Program} did not start");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static IPEndPoint FreePort(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}

using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;

namespace LiveMigration;

/// <summary>Two hosts on a cable: network namespaces, joined by a veth pair. They go with this object.</summary>
internal sealed class Lab : IAsyncDisposable
{
    /// <summary>The word by which the program knows that it runs on the first host; the name of the second follows.</summary>
    public const string Inside = "inside";

    /// <summary>What both hosts call their end of the cable.</summary>
    public const string Interface = "eth0";

    private readonly string _server = $"toe-server-{Environment.ProcessId}";
    private readonly string _client = $"toe-client-{Environment.ProcessId}";

    /// <summary>The first host's address.</summary>
    public static IPAddress ServerAddress { get; } = IPAddress.Parse("192.0.2.1");

    /// <summary>Makes the hosts and runs this program on the first, until it ends or somebody wants it to.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> RunAsync()
    {
        var stopping = new TaskCompletionSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await MakeAsync();
        using var inside = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", _server, "dotnet", Environment.GetCommandLineArgs()[0], Inside, _client])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
        })!;
        await Task.WhenAny(inside.WaitForExitAsync(), stopping.Task);
        inside.StandardInput.Close(); // Its sign to stop; it also comes when this process dies.
        await inside.WaitForExitAsync();
        return inside.ExitCode;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // The hosts are removed first.
            stopping.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in (await Command.RunAsync("ip", "netns", "list")).Split('\n').Select(static line => line.Split(' ')[0]))
        {
            if (host == _server || host == _client)
                await Command.RunAsync("ip", "netns", "delete", host);
        }
    }

    private async Task MakeAsync()
    {
        await Command.RunAsync("ip", "netns", "add", _server);
        await Command.RunAsync("ip", "netns", "add", _client);
        await Command.RunAsync("ip", "-n", _server, "link", "add", Interface, "type", "veth", "peer", "name", Interface, "netns", _client);
        await Command.RunAsync("ip", "-n", _server, "address", "add", $"{ServerAddress}/24", "dev", Interface);
        await Command.RunAsync("ip", "-n", _client, "address", "add", "192.0.2.2/24", "dev", Interface);
        await Command.RunAsync("ip", "-n", _server, "link", "set", Interface, "up");
        await Command.RunAsync("ip", "-n", _client, "link", "set", Interface, "up");
    }
}

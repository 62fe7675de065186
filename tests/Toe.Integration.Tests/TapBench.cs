using System.Runtime.Versioning;
using System.Security.Cryptography;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>A namespace with a TAP device: the kernel at one end, at the other the <c>toe</c> tool with the engine's address. Both ends run as processes in it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TapBench : IAsyncDisposable
{
    public const string Device = "toe0";
    public const string KernelAddress = "10.77.0.1";
    public const string EngineAddress = "10.77.0.2";

    private readonly NetworkNamespace _network;

    private TapBench(NetworkNamespace network, string folder)
    {
        _network = network;
        Folder = folder;
    }

    /// <summary>A folder of the test's own.</summary>
    public string Folder { get; }

    public NetworkNamespace Network => _network;

    public static async Task<TapBench> CreateAsync(int owner = 0)
    {
        Needs.Root();
        Needs.Tool("curl");
        Needs.Tool("python3");
        var network = await NetworkNamespace.CreateAsync();
        await network.AddTapAsync(Device, owner, KernelAddress + "/24");
        return new TapBench(network, Directory.CreateTempSubdirectory("toe-tap-").FullName);
    }

    /// <summary>The adapter argument for the engine's end.</summary>
    public static string Adapter(string faults = "") => $"emulated:tap={Device},address={EngineAddress}/24{faults}";

    /// <summary>The command line of the tool, as it was built beside the tests.</summary>
    public static string[] Toe(params string[] arguments) => ["dotnet", Path.Combine(AppContext.BaseDirectory, "toe.dll"), .. arguments];

    /// <summary>A file of random content in the folder, and its SHA-256.</summary>
    public async Task<string> MakeFileAsync(string name, int size)
    {
        var content = new byte[size];
        new Random(77).NextBytes(content);
        await File.WriteAllBytesAsync(Path.Combine(Folder, name), content);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    /// <summary>Starts <c>toe listen</c> on the engine's address and waits until it listens.</summary>
    /// <returns>The process, and the endpoint bound.</returns>
    public Task<(KernelPeer Process, string EndPoint)> ListenAsync(string[] prefix, params string[] arguments) => ListenAsync(EngineAddress + ":0", prefix, arguments);

    /// <summary>The same on another endpoint of the engine's.</summary>
    public async Task<(KernelPeer Process, string EndPoint)> ListenAsync(string local, string[] prefix, params string[] arguments)
    {
        var ready = Path.Combine(Folder, "ready");
        var process = _network.Start([.. prefix, .. Toe(["listen", local, .. arguments, "--ready-file", ready])]);
        using var limit = new CancellationTokenSource(KernelPeer.Limit);
        using var turn = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!File.Exists(ready))
        {
            Assert.False(process.HasExited, process.Errors);
            await turn.WaitForNextTickAsync(limit.Token);
        }

        return (process, (await File.ReadAllTextAsync(ready)).Trim());
    }

    /// <summary>A shell line in the namespace.</summary>
    public Task<ProcessAnswer> ShellAsync(string line) => _network.RunAsync("bash", "-o", "pipefail", "-c", line);

    public async ValueTask DisposeAsync()
    {
        await _network.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

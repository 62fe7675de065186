using System.Globalization;
using System.Net;
using Toe.Testing;

namespace Toe.AspNetCore.Tests.Rows;

/// <summary>A crowd in a process of its own: one process has descriptors for one end only.</summary>
internal sealed class CrowdProcess : ICrowdOfClients
{
    private readonly KernelPeer _process;
    private int _rounds;

    private CrowdProcess(KernelPeer process) => _process = process;

    /// <summary>Starts it, and returns when all are there.</summary>
    /// <param name="start">Starts a command where the clients are.</param>
    /// <param name="site">The site.</param>
    /// <param name="counts">How many are idle, unfinished and unread.</param>
    public static async Task<ICrowdOfClients> StartAsync(Func<string[], KernelPeer> start, IPEndPoint site, int[] counts)
    {
        var process = start([
            "dotnet", Path.Combine(AppContext.BaseDirectory, "Toe.WebProbe.dll"), site.ToString(),
            .. counts.Select(static count => count.ToString(CultureInfo.InvariantCulture))]);
        await process.WaitForAsync("there");
        return new CrowdProcess(process);
    }

    public async Task AskAgainAsync()
    {
        await _process.WriteLineAsync("");
        await _process.WaitForAsync($"answered {++_rounds}");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

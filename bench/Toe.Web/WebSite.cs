using Toe.Testing;
using Toe.WebProbe;

namespace Toe.Web;

/// <summary>A site in a process of its own.</summary>
internal sealed class WebSite : IAsyncDisposable
{
    private readonly KernelPeer _process;

    private WebSite(KernelPeer process)
    {
        _process = process;
        var endpoints = process.Output.Split("listening ")[1].Split('\n')[0].Split(' ');
        (Plain, Http2) = (endpoints[0], endpoints[1]);
    }

    /// <summary>The endpoint of HTTP/1.1.</summary>
    public string Plain { get; }

    /// <summary>The endpoint of HTTP/2.</summary>
    public string Http2 { get; }

    /// <summary>Starts it.</summary>
    /// <param name="start">Starts a command where the site is.</param>
    /// <param name="settings">What it is told.</param>
    public static async Task<WebSite> StartAsync(Func<string[], KernelPeer> start, SiteSettings settings)
    {
        var process = start(["dotnet", Path.Combine(AppContext.BaseDirectory, "Toe.WebProbe.dll"), settings.ToArgument()]);
        await process.WaitForAsync("listening ");
        return new WebSite(process);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

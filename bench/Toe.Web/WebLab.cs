using Toe.Testing;
using Toe.WebProbe;

namespace Toe.Web;

/// <summary>Where sites and clients are: on this machine's loopback, or in namespaces made for the run.</summary>
internal sealed class WebLab : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly Func<string[], Task<ProcessAnswer>> _run;

    private WebLab(Func<string[], Task<ProcessAnswer>> run) => _run = run;

    /// <summary>The site in question.</summary>
    public required WebSite Subject { get; init; }

    /// <summary>The site it is compared with: Kestrel's own transport.</summary>
    public required WebSite Reference { get; init; }

    /// <summary>Both on loopback.</summary>
    public static async Task<WebLab> OnLoopbackAsync()
    {
        var subject = await WebSite.StartAsync(KernelPeer.Start, new SiteSettings { Transport = "host" });
        var reference = await WebSite.StartAsync(KernelPeer.Start, new SiteSettings());
        var lab = new WebLab(KernelPeer.RunAsync) { Subject = subject, Reference = reference };
        lab._parts.AddRange([subject, reference]);
        return lab;
    }

    /// <summary>The subject on the engine's address behind a TAP device, the reference behind a veth pair; the client on the kernel between them.</summary>
    public static async Task<WebLab> OnTapAsync()
    {
        var clients = await NetworkNamespace.CreateAsync();
        var host = await CableAsync(clients);
        await clients.AddTapAsync("toe0", owner: 0, "10.78.0.1/24");
        return await StartAsync(host, clients, clients, new SiteSettings { Transport = "tap=toe0", Address = "10.78.0.2" });
    }

    /// <summary>Both on one interface, the subject's connections on an engine that shares it.</summary>
    public static async Task<WebLab> OnInterfaceAsync()
    {
        var clients = await NetworkNamespace.CreateAsync();
        var host = await CableAsync(clients);
        return await StartAsync(host, clients, host, new SiteSettings { Transport = "interface=eth0", Address = "10.79.0.1" });
    }

    /// <summary>Measures one of the sites.</summary>
    public Task<double> MeasureAsync(Load load, WebSite site) => load.MeasureAsync(_run, site);

    public async ValueTask DisposeAsync()
    {
        foreach (var part in _parts)
            await part.DisposeAsync();
    }

    private static async Task<NetworkNamespace> CableAsync(NetworkNamespace clients)
    {
        var host = await NetworkNamespace.CreateAsync();
        await host.AddVethAsync("eth0", clients, "eth0");
        await host.AddAddressesAsync("eth0", "10.79.0.1/24");
        await clients.AddAddressesAsync("eth0", "10.79.0.2/24");
        return host;
    }

    private static async Task<WebLab> StartAsync(NetworkNamespace host, NetworkNamespace clients, NetworkNamespace subjectAt, SiteSettings settings)
    {
        var subject = await WebSite.StartAsync(subjectAt.Start, settings);
        var reference = await WebSite.StartAsync(host.Start, new SiteSettings { Address = "10.79.0.1" });
        var lab = new WebLab(clients.RunAsync) { Subject = subject, Reference = reference };
        lab._parts.AddRange([subject, reference, clients, host]);
        return lab;
    }
}

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

    /// <summary>The adapter that carries the subject's connections; null on the host stack.</summary>
    public string? AdapterId { get; private init; }

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
        var host = await NetworkNamespace.CreateAsync();
        await JoinAsync(host, clients, "eth0", "10.79.0");
        await clients.AddTapAsync("toe0", owner: 0, "10.78.0.1/24");
        return await StartAsync(host, clients, clients, new SiteSettings { Transport = "tap=toe0", Address = "10.78.0.2" }, "10.79.0.1");
    }

    /// <summary>The subject on an interface that an engine shares, the reference on another: steering costs those beside it too.</summary>
    public static async Task<WebLab> OnInterfaceAsync()
    {
        var clients = await NetworkNamespace.CreateAsync();
        var host = await NetworkNamespace.CreateAsync();
        await JoinAsync(host, clients, "eth0", "10.79.0");
        await JoinAsync(host, clients, "eth1", "10.80.0");
        return await StartAsync(host, clients, host, new SiteSettings { Transport = "interface=eth0", Address = "10.79.0.1" }, "10.80.0.1");
    }

    /// <summary>Asks both sites where their connections run.</summary>
    /// <exception cref="InvalidOperationException">Not where the row says.</exception>
    public async Task CheckPlacementAsync()
    {
        var page = await _run(["curl", "-sSf", $"http://{Subject.Plain}/connection"]);
        var expected = AdapterId is null ? "\"adapterId\":null" : $"\"adapterId\":\"{AdapterId}\"";
        if (!page.Good().Output.Contains(expected, StringComparison.Ordinal) || page.Output.Contains("\"trace\":null", StringComparison.Ordinal))
            throw new InvalidOperationException("The subject's connections do not run where they should: " + page.Output);
        page = await _run(["curl", "-sSf", $"http://{Reference.Plain}/connection"]);
        if (!page.Good().Output.Contains("\"trace\":null", StringComparison.Ordinal))
            throw new InvalidOperationException("The reference runs on a stack: " + page.Output);
    }

    /// <summary>Measures one of the sites.</summary>
    public Task<double> MeasureAsync(Load load, WebSite site) => load.MeasureAsync(_run, site);

    public async ValueTask DisposeAsync()
    {
        foreach (var part in _parts)
            await part.DisposeAsync();
    }

    private static async Task JoinAsync(NetworkNamespace host, NetworkNamespace clients, string device, string network)
    {
        await host.AddVethAsync(device, clients, device);
        await host.AddAddressesAsync(device, network + ".1/24");
        await clients.AddAddressesAsync(device, network + ".2/24");
    }

    private static async Task<WebLab> StartAsync(NetworkNamespace host, NetworkNamespace clients, NetworkNamespace subjectAt, SiteSettings settings, string referenceAddress)
    {
        var subject = await WebSite.StartAsync(subjectAt.Start, settings);
        var reference = await WebSite.StartAsync(host.Start, new SiteSettings { Address = referenceAddress });
        var lab = new WebLab(clients.RunAsync) { Subject = subject, Reference = reference, AdapterId = "emulated:" + settings.Transport.Split('=')[1] };
        lab._parts.AddRange([subject, reference, clients, host]);
        return lab;
    }
}

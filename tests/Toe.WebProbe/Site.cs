using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Toe.AspNetCore;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.WebProbe;

/// <summary>One web site for all transports: what it serves is in <see cref="SitePages"/>.</summary>
public sealed class Site : IAsyncDisposable
{
    private readonly WebApplication _application;

    private Site(WebApplication application)
    {
        _application = application;
        var bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(static address => new Uri(address)).Select(static address => new IPEndPoint(IPAddress.Parse(address.Host), address.Port)).ToArray();
        (Plain, Http2, Tls) = (bound[0], bound[1], bound[2]);
    }

    /// <summary>HTTP/1.1 without TLS.</summary>
    public IPEndPoint Plain { get; }

    /// <summary>HTTP/2 without TLS.</summary>
    public IPEndPoint Http2 { get; }

    /// <summary>TLS, with either.</summary>
    public IPEndPoint Tls { get; }

    /// <summary>What the site was built of.</summary>
    public IServiceProvider Services => _application.Services;

    /// <summary>Builds a site and starts it.</summary>
    public static async Task<Site> StartAsync(SiteSettings settings, Action<WebApplicationBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<SiteEvents>();
        builder.Services.AddSingleton<OpenConnections>();
        builder.Services.AddGrpc();
        if (settings.ShutdownTimeout is { } shutdown)
            builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = shutdown);
        builder.WebHost.ConfigureKestrel(options => Configure(options, settings));
        UseTransport(builder, settings);
        configure?.Invoke(builder);
        var application = builder.Build();
        application.Services.GetRequiredService<OpenConnections>();
        SitePages.Map(application);
        await application.StartAsync();
        return new Site(application);
    }

    /// <summary>Shuts down as a host does: what runs may finish within the host's time.</summary>
    public Task StopAsync() => _application.StopAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static void UseTransport(WebApplicationBuilder builder, SiteSettings settings)
    {
        if (settings.Transport == "sockets")
            return;
        builder.WebHost.UseToe();
        builder.Services.Configure<ToeOptions>(static options => options.Diagnostics.Endpoint = false);
        var (link, device) = settings.Transport.Split('=') is [var name, var value] ? (name, value) : (settings.Transport, "");
        EmulatedLinkOptions? card = link switch
        {
            "host" => null,
            "fabric" => new EmulatedFabricOptions { Fabric = new Fabric() },
            "tap" => new EmulatedTapOptions(device, [InterfaceAddress.Parse(settings.Address + "/24")]),
            "interface" => new EmulatedInterfaceOptions(device),
            _ => throw new ArgumentException($"There is no transport '{settings.Transport}'.", nameof(settings)),
        };
        if (card is null)
            return;
        card = card with { Card = card.Card with { Name = device.Length > 0 ? device : card.Card.Name, BufferSize = settings.CardBufferSize ?? card.Card.BufferSize } };
        builder.Services.AddToe(toe => toe.AddEmulated(card));
    }

    private static void Configure(KestrelServerOptions options, SiteSettings settings)
    {
        var address = IPAddress.Parse(settings.Address);
        options.Listen(address, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
        options.Listen(address, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http2);
        options.Listen(address, 0, endpoint => endpoint.UseHttps(SiteCertificate.Create(address)));
        var limits = options.Limits;
        limits.KeepAliveTimeout = settings.KeepAliveTimeout ?? limits.KeepAliveTimeout;
        limits.RequestHeadersTimeout = settings.RequestHeadersTimeout ?? limits.RequestHeadersTimeout;
        limits.MaxConcurrentConnections = settings.MaxConcurrentConnections ?? limits.MaxConcurrentConnections;
        limits.MaxRequestBodySize = settings.MaxRequestBodySize ?? limits.MaxRequestBodySize;
        limits.MinRequestBodyDataRate = Rate(settings.MinRequestBodyDataRate) ?? limits.MinRequestBodyDataRate;
        limits.MinResponseDataRate = Rate(settings.MinResponseDataRate) ?? limits.MinResponseDataRate;
    }

    private static MinDataRate? Rate(double? bytesPerSecond) => bytesPerSecond is { } rate ? new MinDataRate(rate, TimeSpan.FromSeconds(1.1)) : null;
}

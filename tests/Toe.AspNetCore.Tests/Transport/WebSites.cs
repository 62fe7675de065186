using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.AspNetCore.Tests.Transport;

/// <summary>Small web applications of single tests.</summary>
internal static class WebSites
{
    /// <summary>A builder that knows nothing of the machine's configuration, and logs nowhere.</summary>
    public static WebApplicationBuilder NewBuilder()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        builder.Logging.ClearProviders();
        builder.Services.Configure<ToeOptions>(static options => options.Diagnostics.Endpoint = false);
        return builder;
    }

    /// <summary>Gives the application's stack a card on a fabric of its own.</summary>
    public static EmulatedProvider AddCard(this WebApplicationBuilder builder)
    {
        var provider = new EmulatedProvider([new EmulatedFabricOptions { Fabric = new Fabric() }]);
        builder.Services.AddToe(toe => toe.AddEmulated(provider));
        return provider;
    }

    /// <summary>Starts the application.</summary>
    public static async Task<WebApplication> StartAsync(this WebApplicationBuilder builder, Action<WebApplication> map)
    {
        var application = builder.Build();
        map(application);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return application;
    }

    /// <summary>The endpoints that it listens on, in the order in which they were named.</summary>
    public static IReadOnlyList<IPEndPoint> EndPoints(this WebApplication application) =>
        [.. application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(static address => new Uri(address)).Select(static address => new IPEndPoint(IPAddress.Parse(address.Host.Trim('[', ']')), address.Port))];

    /// <summary>A client whose connections the application's own stack makes.</summary>
    public static HttpClient CreateStackClient(this WebApplication application)
    {
        var stack = application.Services.GetRequiredService<IToeStack>();
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, token) => (await stack.ConnectAsync(new ToeConnectRequest(context.DnsEndPoint), token)).AsStream(),
        };
        return new HttpClient(handler) { BaseAddress = new Uri($"http://{application.EndPoints()[0]}/"), Timeout = TimeSpan.FromSeconds(30) };
    }
}

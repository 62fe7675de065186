using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Toe.Core.Tests.Http;

/// <summary>Kestrel on the host's own sockets, which knows nothing of the stack: echoes bodies and says by which protocol they came.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private WebServer(WebApplication application) => _application = application;

    public IPEndPoint EndPoint
    {
        get
        {
            var addresses = _application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
            return new IPEndPoint(IPAddress.Loopback, new Uri(addresses.Single()).Port);
        }
    }

    /// <summary>Starts it, under TLS where it has a certificate.</summary>
    public static async Task<WebServer> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
        {
            if (certificate is not null)
                endpoint.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = certificate });
        }));
        var application = builder.Build();
        application.Run(static async context =>
        {
            context.Response.Headers["protocol"] = context.Request.Protocol;
            await context.Request.Body.CopyToAsync(context.Response.Body);
        });
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new WebServer(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}

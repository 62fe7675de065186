using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Toe.AspNetCore.Transport;

namespace Toe.AspNetCore;

/// <summary>Puts Kestrel on the stack.</summary>
public static class ToeWebHostBuilderExtensions
{
    /// <summary>Lets Kestrel serve its IP endpoints through <see cref="IToeStack"/>. Everything above stays Kestrel's: TLS, limits, HTTP, metrics. Other endpoints stay with Kestrel's own transport.</summary>
    /// <param name="builder">The web host.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>Adds the stack; providers are registered by <c>services.AddToe(toe => …)</c>. Without any, connections run on the host stack.</remarks>
    public static IWebHostBuilder UseToe(this IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(static services =>
        {
            services.AddToe();
            // Kestrel asks the last of them first, and adds its own only where there is none: with this line the order of calls does not matter.
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, SocketTransportFactory>());
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, ToeTransportFactory>());
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ToeTransportOptions>, ToeTransportOptionsValidator>());
        });
    }

    /// <summary>The same, with options.</summary>
    /// <param name="builder">The web host.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The same builder.</returns>
    public static IWebHostBuilder UseToe(this IWebHostBuilder builder, Action<ToeTransportOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.UseToe().ConfigureServices(services => services.Configure(configure));
    }
}

using Microsoft.Extensions.DependencyInjection;

namespace Toe;

/// <summary>Lets the clients of an <see cref="IHttpClientFactory"/> connect through the registered stack.</summary>
public static class ToeHttpClientBuilderExtensions
{
    /// <summary>Makes the clients connect through the registered <see cref="IToeStack"/>, as <see cref="ToeSocketsHttpHandlerExtensions.UseToe"/> does for one handler.</summary>
    /// <param name="builder">The clients' builder, after anything that chooses their primary handler.</param>
    /// <param name="mode">The mode of the clients' connections; null, the default, leaves it to the policy.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>Making a client throws an <see cref="InvalidOperationException"/> where its primary handler is not a <see cref="SocketsHttpHandler"/>, which is the factory's default, or has
    /// a connect callback of somebody else's.</remarks>
    public static IHttpClientBuilder UseToe(this IHttpClientBuilder builder, ToeMode? mode = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigurePrimaryHttpMessageHandler((primary, services) =>
        {
            if (primary is not SocketsHttpHandler handler)
                throw new InvalidOperationException($"The primary handler of client '{builder.Name}' is a {primary.GetType().Name}; only a SocketsHttpHandler connects through a stack.");
            handler.UseToe(services.GetRequiredService<IToeStack>(), mode);
        });
    }
}

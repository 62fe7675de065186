using Microsoft.Extensions.DependencyInjection;

namespace Toe.Hosting;

/// <summary>Registers providers, in order of preference.</summary>
internal sealed class ToeBuilder(IServiceCollection services) : IToeBuilder
{
    public IServiceCollection Services => services;

    public IToeBuilder AddProvider(Func<IServiceProvider, IToeProvider> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        services.AddSingleton(new ProviderRegistration(create));
        return this;
    }
}

using Microsoft.Extensions.DependencyInjection;

namespace Toe;

/// <summary>What a provider package's registration method (<c>AddChelsio</c>, <c>AddEmulated</c>, …) extends.</summary>
public interface IToeBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Registers a provider. The order of registration is the order of preference.</summary>
    /// <param name="create">Makes the provider; called once, when the stack starts. The stack disposes it.</param>
    IToeBuilder AddProvider(Func<IServiceProvider, IToeProvider> create);
}

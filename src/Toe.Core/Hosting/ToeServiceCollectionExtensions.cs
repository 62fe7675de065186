using System.Diagnostics.Metrics;
using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Toe.Connecting;
using Toe.Firmware;
using Toe.Gates;
using Toe.Hosting;
using Toe.Linux;
using Toe.Moving;
using Toe.Policy;

namespace Toe;

/// <summary>Registers the stack.</summary>
public static class ToeServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IToeStack"/>. Installing a provider package changes nothing until <paramref name="configure"/> registers it; the order of registration is the order of preference.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Registers providers.</param>
    /// <returns>The same services.</returns>
    /// <remarks>Options are bound from the configuration section <c>Toe</c>, if the application has a configuration, and validated when the host starts.</remarks>
    public static IServiceCollection AddToe(this IServiceCollection services, Action<IToeBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddToeConfiguration();
        services.TryAddSingleton(static provider => new StackServices(
            provider.GetRequiredService<IOptionsMonitor<ToeOptions>>(),
            provider.GetRequiredService<PolicyEngine>(),
            provider.GetRequiredService<FirmwareJudge>(),
            provider.GetRequiredService<IFirmwareCatalogueSource>(),
            provider.GetRequiredService<ConformanceReportSource>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<IMeterFactory>()));
        if (OperatingSystem.IsLinux())
            services.TryAddSingleton<ILinuxHost>(LookHere);
        services.TryAddSingleton<IHostRoutes>(static provider => new HostRoutes(provider.GetService<ILinuxHost>()));
        services.TryAddSingleton<IConnectionTracking, KernelConnectionTracking>();
        services.TryAddSingleton(static provider => new ToeStack(
            provider.GetRequiredService<StackServices>(),
            ProviderRegistration.CreateAll(provider.GetServices<ProviderRegistration>(), provider, provider.GetRequiredService<PolicyEngine>()),
            provider.GetRequiredService<IHostRoutes>(),
            new HostRulesMonitor(provider.GetService<ILinuxHost>(), provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<IConnectionTracking>()));
        services.TryAddSingleton<IToeStack>(static provider => provider.GetRequiredService<ToeStack>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ToeStackStarter>());
        configure?.Invoke(new ToeBuilder(services));
        return services;
    }

    [SupportedOSPlatform("linux")]
    private static LiveHost LookHere(IServiceProvider services) => new();
}

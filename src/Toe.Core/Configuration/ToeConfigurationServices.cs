using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Toe.Firmware;
using Toe.Policy;

namespace Toe;

/// <summary>Registers options, policy, operator and firmware.</summary>
internal static class ToeConfigurationServices
{
    /// <summary>Registers everything, once however often it is called; the options are validated when the host starts.</summary>
    /// <param name="services">The application's services; logging must be among them.</param>
    /// <param name="section">The section <c>Toe</c> itself; null takes <c>Toe</c> of the registered configuration, if there is one.</param>
    public static IServiceCollection AddToeConfiguration(this IServiceCollection services, IConfiguration? section = null)
    {
        if (section is not null)
            services.Replace(ServiceDescriptor.Singleton(new ToeConfiguration(section)));
        else
            services.TryAddSingleton(FindSection);
        if (services.Any(service => service.ServiceType == typeof(ToeOptionsMonitor)))
            return services;

        services.AddOptions<ToeOptions>().ValidateOnStart();
        services.AddSingleton<IConfigureOptions<ToeOptions>, ToeOptionsBinder>();
        services.AddSingleton<IValidateOptions<ToeOptions>, ToeOptionsAnnotations>();
        services.AddSingleton<IValidateOptions<ToeOptions>, ToeOptionsValidator>();
        services.AddSingleton<ToeOptionsMonitor>();
        services.AddSingleton<IOptionsMonitor<ToeOptions>>(provider => provider.GetRequiredService<ToeOptionsMonitor>());

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(OperatorPlace.OfThisProcess());
        services.TryAddSingleton<IOperatorPolicy, OperatorPolicy>();
        services.TryAddSingleton<PolicyEngine>();
        services.TryAddSingleton<IFirmwareCatalogueSource, FirmwareCatalogueSource>();
        services.TryAddSingleton<ConformanceReportSource>();
        services.TryAddSingleton<FirmwareJudge>();
        return services;
    }

    private static ToeConfiguration FindSection(IServiceProvider provider) =>
        new(provider.GetService<IConfiguration>()?.GetSection(ToeOptions.SectionName));
}

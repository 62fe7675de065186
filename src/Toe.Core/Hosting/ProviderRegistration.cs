using Microsoft.Extensions.Options;
using Toe.Adapters;
using Toe.Policy;

namespace Toe.Hosting;

/// <summary>One registered provider; made when the stack starts.</summary>
/// <param name="Create">Makes it.</param>
internal sealed record ProviderRegistration(Func<IServiceProvider, IToeProvider> Create)
{
    /// <summary>Makes all providers, in order of registration; when a stack cannot start, those that were made are disposed.</summary>
    /// <exception cref="OptionsValidationException">A policy rule names a provider that is not registered.</exception>
    public static IReadOnlyList<IToeProvider> CreateAll(IEnumerable<ProviderRegistration> registrations, IServiceProvider services, PolicyEngine policy)
    {
        var made = new List<IToeProvider>();
        try
        {
            foreach (var registration in registrations)
                made.Add(registration.Create(services));
            if (policy.UnknownProviders([.. made.Select(ProviderHost.NameOf)]).ToList() is { Count: > 0 } unknown)
                throw new OptionsValidationException(Options.DefaultName, typeof(ToeOptions), unknown);
            return made;
        }
        catch
        {
            foreach (var provider in made)
                _ = Task.Run(() => provider.DisposeAsync().AsTask()); // Nobody may wait for one that hangs; the exception under way is the answer.
            throw;
        }
    }
}

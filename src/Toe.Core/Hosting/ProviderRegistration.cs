namespace Toe.Hosting;

/// <summary>One registered provider; made when the stack starts.</summary>
/// <param name="Create">Makes it.</param>
internal sealed record ProviderRegistration(Func<IServiceProvider, IToeProvider> Create);

using Toe;

namespace Acme;

/// <summary>Registers Acme's cards.</summary>
public static class AcmeBuilderExtensions
{
    /// <summary>Adds Acme's cards to the adapters that the stack may use.</summary>
    /// <param name="builder">The stack's builder.</param>
    public static IToeBuilder AddAcme(this IToeBuilder builder) => builder.AddProvider(static _ => new AcmeProvider());
}

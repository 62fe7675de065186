namespace Toe.Emulated;

/// <summary>Registers the software TOE.</summary>
public static class EmulatedBuilderExtensions
{
    /// <summary>Adds the software TOE on the in-process fabric.</summary>
    /// <param name="builder">The stack's builder.</param>
    public static IToeBuilder AddEmulated(this IToeBuilder builder) => builder.AddEmulated(new EmulatedFabricOptions());

    /// <summary>Adds the software TOE with a card on each link.</summary>
    /// <param name="builder">The stack's builder.</param>
    /// <param name="links">The links; the order is the order of preference.</param>
    public static IToeBuilder AddEmulated(this IToeBuilder builder, params EmulatedLinkOptions[] links)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddEmulated(new EmulatedProvider(links));
    }

    /// <summary>Adds a provider that the caller keeps a hand on, to work its cards' faults.</summary>
    /// <param name="builder">The stack's builder.</param>
    /// <param name="provider">The provider; the stack disposes it.</param>
    public static IToeBuilder AddEmulated(this IToeBuilder builder, EmulatedProvider provider)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddProvider(_ => provider);
    }
}

using Microsoft.Extensions.DependencyInjection;

namespace Toe.Cli.Conforming;

/// <summary>Makes the provider that an <c>--adapter</c> argument names, without a stack around it.</summary>
internal static class SingleProvider
{
    public static IToeProvider Create(AdapterSpec spec, Action<IServiceCollection>? configure = null)
    {
        var builder = new Builder();
        spec.AddTo(builder);
        configure?.Invoke(builder.Services);
        return builder.Create!(builder.Services.BuildServiceProvider());
    }

    private sealed class Builder : IToeBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection().AddLogging();

        public Func<IServiceProvider, IToeProvider>? Create { get; private set; }

        public IToeBuilder AddProvider(Func<IServiceProvider, IToeProvider> create)
        {
            Create = create;
            return this;
        }
    }
}

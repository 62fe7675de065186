using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Toe.Policy;

namespace Toe.Core.Tests.Hosting;

/// <summary>A real host with a stack, as applications make it.</summary>
internal static class StackHost
{
    public static IHost Build(string toe, IToeProvider? provider = null, Action<HostApplicationBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new("Toe:Diagnostics:Endpoint", "false")]);
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Toe": {{toe}} }""")));
        builder.Services.AddSingleton(new OperatorPlace("/nonexistent/toe.json", null));
        builder.Services.AddToe(toe =>
        {
            if (provider is not null)
                toe.AddProvider(_ => provider);
        });
        configure?.Invoke(builder);
        return builder.Build();
    }
}

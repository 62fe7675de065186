using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Toe.Policy;

namespace Toe.Core.Tests.Configuration;

/// <summary>A real host that reads <c>{ "Toe": … }</c>.</summary>
internal static class TestHost
{
    public static IHost Build(string toe, Action<IServiceCollection>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Toe": {{toe}} }""")));
        Register(builder.Services);
        configure?.Invoke(builder.Services);
        return builder.Build();
    }

    public static void Register(IServiceCollection services)
    {
        services.AddLogging();
        services.AddSingleton(new OperatorPlace("/nonexistent/toe.json", null));
        services.AddToeConfiguration();
    }

    /// <summary>The one message that a wrong configuration stops the start with.</summary>
    public static async Task<string> RefusedStart(string toe)
    {
        using var host = Build(toe);
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        return error.Message;
    }
}

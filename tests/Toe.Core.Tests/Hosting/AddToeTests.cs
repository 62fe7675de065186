using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Toe.Core.Tests.Scripted;
using Toe.Policy;

namespace Toe.Core.Tests.Hosting;

/// <summary>The stack in a host: registration, start, configuration that changes, and the end.</summary>
public sealed class AddToeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartingTheHost_AsksTheProviders_AndStoppingEndsThem()
    {
        var adapter = new ScriptedAdapter("one");
        var provider = new ScriptedProvider(adapter);
        var asked = false;
        var host = StackHost.Build("{}", provider, builder => builder.Services.AddHostedService(services => new OnStart(() =>
            asked = services.GetRequiredService<IToeStack>().Adapters.Count == 1)));
        Assert.Equal(0, provider.Discovering.Count); // Building makes nothing.

        await host.StartAsync(Token);

        Assert.True(asked); // Before other services start, the adapters are known.
        var stack = host.Services.GetRequiredService<IToeStack>();
        Assert.Same(stack, host.Services.GetRequiredService<ToeStack>());
        await using (var connection = await stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), Token))
            Assert.Equal("scripted:one", connection.Placement.AdapterId);
        await host.StopAsync(Token);
        await ((IAsyncDisposable)host).DisposeAsync();
        Assert.True(adapter.IsDisposed && provider.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), Token).AsTask());
    }

    [Fact]
    public async Task RegisteredTwice_IsOneStack_WithAllProvidersInOrder()
    {
        var services = new ServiceCollection();
        services.AddSingleton(new OperatorPlace("/nonexistent/toe.json", null));
        services.Configure<ToeOptions>(options => options.Diagnostics.Endpoint = false);
        services.AddToe(toe => toe.AddProvider(_ => new ScriptedProvider(new ScriptedAdapter("b")) { Name = "first" }));
        services.AddToe(toe => toe.AddProvider(_ => new ScriptedProvider(new ScriptedAdapter("a")) { Name = "second" }));
        services.AddToe();
        await using var container = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });

        var stack = container.GetRequiredService<ToeStack>();
        await stack.StartAsync(Token);

        Assert.Equal(["scripted:b", "scripted:a"], stack.Adapters.Select(adapter => adapter.Identity.Id));
        Assert.Single(container.GetServices<IHostedService>(), service => service.GetType().Namespace == "Toe.Hosting");
    }

    [Theory]
    [InlineData("""{ "ConnectTimeout": "-00:00:01" }""", "Toe:ConnectTimeout: ")]
    [InlineData("""{ "Policy": { "Rules": [ { "Name": "a", "Remote": "10.0.0.0/33" } ] } }""", "Toe:Policy:Rules:0:Remote: ")]
    [InlineData("""{ "FallbackAllowance": { "MinimumConnections": -1 } }""", "Toe:FallbackAllowance:MinimumConnections: ")]
    [InlineData("""{ "Firmware": { "Catalogue": "/nonexistent/c.json" } }""", "Toe:Firmware:Catalogue: ")]
    [InlineData("""{ "Policy": { "Rules": [ { "Name": "a", "Adapters": ["chelsio"] } ] } }""", "Toe:Policy:Rules:0:Adapters:0: ")]
    [InlineData("""{ "Wrong": 1 }""", "Toe:Wrong: ")]
    public async Task WrongConfiguration_StopsTheStart_WithTheKey_AndAsksNobody(string toe, string key)
    {
        var provider = new ScriptedProvider(new ScriptedAdapter("one"));
        using var host = StackHost.Build(toe, provider);

        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.StartsWith(key, wrong.Message, StringComparison.Ordinal);
        Assert.Single(wrong.Failures);
        Assert.Equal(0, provider.Discovering.Count);
    }

    [Fact]
    public void WrongConfiguration_StopsCreateToo()
    {
        var wrong = Assert.Throws<OptionsValidationException>(() => ToeStack.Create(toe =>
            toe.Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Toe:BudgetReserve", "-1")]).Build())));
        Assert.StartsWith("Toe:BudgetReserve: ", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStackThatCannotStart_DisposesTheProvidersThatWereMade()
    {
        var made = new DisposalProvider();
        Assert.Throws<InvalidOperationException>(() => ToeStack.Create(toe =>
            toe.AddProvider(_ => made).AddProvider(static _ => throw new InvalidOperationException("no such device"))));
        await made.Disposed.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);
    }

    [Fact, Trait("Requirement", "TOE-POLI-006")]
    public async Task ChangedConfiguration_IsInForceForNewConnections()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Configured(new() { ["Toe:Mode"] = "Prefer" }, adapter);
        using var server = StackBench.HostServer();
        await using var before = await bench.ConnectAsync(server.LocalEndpoint);
        Assert.Equal("scripted:one", before.Placement.AdapterId);

        bench.Configuration["Toe:Mode"] = "Forbid";
        bench.Configuration.Reload();

        await StackBench.UntilAsync(() => bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).Mode == ToeMode.Forbid);
        await using var after = await bench.ConnectAsync(server.LocalEndpoint);
        Assert.Equal((null, ToeReasons.PolicyForbidden.Name), (after.Placement.AdapterId, after.Placement.Reason.Name));
        Assert.Equal("scripted:one", before.Placement.AdapterId); // What runs, runs on.
        await before.SendAsync(new byte[] { 1 }, Token);

        bench.Configuration["Toe:Mode"] = "Prefer";
        bench.Configuration["Toe:Policy:Rules:0:Name"] = "not this one";
        bench.Configuration["Toe:Policy:Rules:0:Remote"] = "127.0.0.0/8";
        bench.Configuration["Toe:Policy:Rules:0:Mode"] = "Forbid";
        bench.Configuration.Reload();
        await StackBench.UntilAsync(() => bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).AdapterId == "scripted:one");
        await using var ruled = await bench.ConnectAsync(server.LocalEndpoint);
        Assert.Null(ruled.Placement.AdapterId);
        Assert.Contains("not this one", ruled.Trace.ModeSource, StringComparison.Ordinal);
    }

    [Fact, Trait("Requirement", "TOE-POLI-006")]
    public async Task ConfigurationThatTurnsWrong_LeavesTheLastGoodOneInForce()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Configured(new() { ["Toe:Mode"] = "Forbid" }, adapter);
        using var server = StackBench.HostServer();
        bench.Configuration["Toe:Mode"] = "Nonsense";
        bench.Configuration.Reload();

        await StackBench.UntilAsync(() => bench.Log.Lines.Any(line => line.Text.Contains("Toe:Mode", StringComparison.Ordinal)));

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);
        Assert.Equal(ToeReasons.PolicyForbidden.Name, connection.Placement.Reason.Name);
    }

    private sealed class OnStart(Action action) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            action();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class DisposalProvider : IToeProvider
    {
        public string Name => "made";

        public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<Discovery> DiscoverAsync(IProviderHost host, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync()
        {
            Disposed.SetResult();
            return ValueTask.CompletedTask;
        }
    }
}

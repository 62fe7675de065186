using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Toe.Policy;

namespace Toe.Core.Tests.Configuration;

public sealed class ToeOptionsMonitorTests : IAsyncDisposable
{
    private readonly LogLines<ToeOptionsMonitor> _log = new();
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
    private readonly ServiceProvider _provider;

    public ToeOptionsMonitorTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(_configuration);
        TestHost.Register(services);
        services.AddSingleton<ILogger<ToeOptionsMonitor>>(_log);
        _provider = services.BuildServiceProvider();
    }

    private IOptionsMonitor<ToeOptions> Monitor => _provider.GetRequiredService<IOptionsMonitor<ToeOptions>>();

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public void A_reload_reaches_options_listeners_and_the_policy()
    {
        var engine = _provider.GetRequiredService<PolicyEngine>();
        var seen = new List<ToeMode>();
        using var subscription = Monitor.OnChange((options, _) => seen.Add(options.Mode));
        Reload(("Toe:Mode", "Forbid"));
        Assert.Equal([ToeMode.Forbid], seen);
        Assert.Equal(ToeMode.Forbid, engine.Decide(PolicyDirection.Connect, null, null, null).Mode);
    }

    [Fact]
    public void A_wrong_reload_keeps_the_last_good_options_with_one_error()
    {
        Reload(("Toe:OpenDeadline", "00:00:00.2"));
        var good = Monitor.CurrentValue;
        using var subscription = Monitor.OnChange((_, _) => Assert.Fail("wrong options were published"));
        Reload(("Toe:Policy:Rules:0:Remote", "10.0.0.0/33"));
        Reload();
        Reload(("Toe:Policy:Rules:0:Remote", null), ("Toe:Policy:Rules:0:Name", null), ("Toe:OpenDeadline", "soon"));
        Assert.Same(good, Monitor.CurrentValue);
        Assert.Collection(
            _log.Errors,
            error => Assert.Contains("Toe:Policy:Rules:0:Remote: '10.0.0.0/33'", error, StringComparison.Ordinal),
            error => Assert.Contains("'Toe:OpenDeadline'", error, StringComparison.Ordinal));
    }

    [Fact]
    public void A_disposed_subscription_is_silent()
    {
        Monitor.OnChange((_, _) => Assert.Fail("called after disposal"))!.Dispose();
        Reload(("Toe:Mode", "Forbid"));
        Assert.Equal(ToeMode.Forbid, Monitor.CurrentValue.Mode);
    }

    private void Reload(params (string Key, string? Value)[] values)
    {
        _ = Monitor.CurrentValue;
        foreach (var (key, value) in values)
            _configuration[key] = value;
        _configuration.Reload();
    }
}

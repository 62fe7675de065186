using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Toe.Core.Tests.Firmware;
using Toe.Firmware;
using Toe.Policy;

namespace Toe.Core.Tests.Configuration;

/// <summary>Wrong configuration stops a real host with one message that names the key.</summary>
public sealed class StartupValidationTests
{
    [Fact]
    public async Task Everything_can_be_configured()
    {
        using var host = TestHost.Build("""
            { "ConnectTimeout": "00:00:10", "OpenDeadline": "00:00:00.2", "ControlDeadline": "00:00:01", "ProbeInterval": "00:00:02",
              "RefreshInterval": "00:00:03", "ConnectionAttemptDelay": "00:00:00.1", "BudgetReserve": 0.2, "PreferInlineScheduling": true,
              "Mode": "Require",
              "FallbackAllowance": { "Share": 0.3, "Window": "00:02:00", "MinimumConnections": 7 },
              "Circuit": { "FailureRatio": 0.4, "MinimumThroughput": 9, "SamplingDuration": "00:00:11",
                "BreakDuration": "00:00:12", "ProbeSuccesses": 2 },
              "Firmware": { "AllowUnsigned": true, "RecheckInterval": "00:01:00", "TrustedKeys": [], "Reports": [ "/nonexistent/a.json" ],
                "Consequences": { "Old": "Warn", "unknown": "refuse", "Unproven": "Warn" } },
              "Policy": { "Rules": [ { "Name": "a", "Direction": "Connect", "Local": "10.0.0.0/8", "Remote": "::/0", "LocalPorts": "1-5",
                "RemotePorts": "80, 443", "Adapters": [ "chelsio", "emulated:*" ], "Mode": "Prefer" } ] },
              "Diagnostics": { "Endpoint": false } }
            """);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var options = host.Services.GetRequiredService<IOptionsMonitor<ToeOptions>>().CurrentValue;
        Assert.Equal(TimeSpan.FromSeconds(10), options.ConnectTimeout);
        Assert.Equal((ToeMode.Require, true, 0.2), (options.Mode, options.PreferInlineScheduling, options.BudgetReserve));
        Assert.Equal((0.3, 7), (options.FallbackAllowance.Share, options.FallbackAllowance.MinimumConnections));
        Assert.Equal((0.4, 9, 2), (options.Circuit.FailureRatio, options.Circuit.MinimumThroughput, options.Circuit.ProbeSuccesses));
        Assert.Equal(
            (FirmwareVerdict.Warn, FirmwareVerdict.Refuse), (options.Firmware.Consequences.Old, options.Firmware.Consequences.Unknown));
        Assert.Equal(("/nonexistent/a.json", FirmwareVerdict.Warn), (Assert.Single(options.Firmware.Reports), options.Firmware.Consequences.Unproven));
        Assert.Equal((true, false), (options.Firmware.AllowUnsigned, options.Diagnostics.Endpoint));
        var rule = Assert.Single(options.Policy.Rules);
        Assert.Equal(("a", PolicyDirection.Connect, "80, 443", ToeMode.Prefer), (rule.Name, rule.Direction, rule.RemotePorts, rule.Mode));
        Assert.Equal(["chelsio", "emulated:*"], rule.Adapters);
        Assert.Single(host.Services.GetRequiredService<PolicyEngine>().Rules);
        Assert.NotNull(host.Services.GetRequiredService<FirmwareJudge>());
        Assert.Same(options, host.Services.GetRequiredService<ToeOptionsMonitor>().Get("any"));
    }

    [Fact]
    public async Task Nothing_needs_to_be_configured()
    {
        var services = new ServiceCollection();
        TestHost.Register(services);
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        Assert.Equal(TimeSpan.FromSeconds(30), provider.GetRequiredService<IOptions<ToeOptions>>().Value.ConnectTimeout);
        Assert.Equal(ToeMode.Prefer, provider.GetRequiredService<PolicyEngine>().Decide(PolicyDirection.Connect, null, null, null).Mode);
    }

    [Fact]
    public async Task Null_stands_for_the_default()
    {
        using var host = TestHost.Build("""
            { "ConnectTimeout": null, "Circuit": null, "Policy": null, "Mode": null, "Firmware": { "Catalogue": null, "TrustedKeys": null } }
            """);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var options = host.Services.GetRequiredService<IOptionsMonitor<ToeOptions>>().CurrentValue;
        Assert.Equal((TimeSpan.FromSeconds(30), 0.5, ToeMode.Prefer), (options.ConnectTimeout, options.Circuit.FailureRatio, options.Mode));
    }

    [Fact]
    public async Task A_section_can_be_given_and_options_set_in_code()
    {
        var services = new ServiceCollection();
        var section = new ConfigurationBuilder().AddInMemoryCollection([new("OpenDeadline", "00:00:00.3")]).Build();
        TestHost.Register(services);
        services.AddToeConfiguration(section);
        services.Configure<ToeOptions>(options => options.Mode = ToeMode.Forbid);
        await using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptionsMonitor<ToeOptions>>().CurrentValue;
        Assert.Equal((TimeSpan.FromMilliseconds(300), ToeMode.Forbid), (options.OpenDeadline, options.Mode));
    }

    [Theory]
    [InlineData(
        """{ "ConnectTimeout": "-00:00:01" }""",
        "Toe:ConnectTimeout: -00:00:01 is not between 00:00:00.001 and 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(
        """{ "ConnectTimeout": 30 }""",
        "Toe:ConnectTimeout: 30.00:00:00 is not between 00:00:00.001 and 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData(
        """{ "Circuit": { "BreakDuration": "00:00:00" } }""",
        "Toe:Circuit:BreakDuration: 00:00:00 is not between 00:00:00.500 and 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData("""{ "Circuit": { "ProbeSuccesses": -1 } }""", "Toe:Circuit:ProbeSuccesses: -1 is not between 1 and 1000")]
    [InlineData("""{ "FallbackAllowance": { "Share": 1.5 } }""", "Toe:FallbackAllowance:Share: 1.5 is not between 0 and 1")]
    [InlineData("""{ "FallbackAllowance": { "Share": "NaN" } }""", "Toe:FallbackAllowance:Share: NaN is not between 0 and 1")]
    [InlineData("""{ "BudgetReserve": -0.1 }""", "Toe:BudgetReserve: -0.1 is not between 0 and 0.99")]
    [InlineData(
        """{ "Firmware": { "RecheckInterval": "00:00:00" } }""",
        "Toe:Firmware:RecheckInterval: 00:00:00 is not between 00:00:01 and 1.00:00:00 (days.hours:minutes:seconds)")]
    [InlineData("""{ "Placement": { "Demotion": { "Pressure": 2 } } }""", "Toe:Placement:Demotion:Pressure: 2 is not between 0.01 and 1")]
    [InlineData("""{ "Placement": { "Promotion": { "Byte": 2 } } }""", "Toe:Placement:Promotion:Byte: unknown key (there are Bytes, BytesPerSecond, Age)")]
    [InlineData("""{ "Placement": { "MovesPerConnection": 0 } }""", "Toe:Placement:MovesPerConnection: 0 is not between 1 and 1000")]
    [InlineData("""{ "Worth": { "PrefixIPv4": 33 } }""", "Toe:Worth:PrefixIPv4: 33 is not between 0 and 32")]
    [InlineData("""{ "Mode": "7" }""", "Toe:Mode: '7' is not one of Prefer, Require, Forbid")]
    [InlineData(
        """{ "Firmware": { "Consequences": { "Old": "9" } } }""",
        "Toe:Firmware:Consequences:Old: '9' is not one of Ok, Warn, Refuse")]
    [InlineData(
        """{ "Polcy": {} }""",
        "Toe:Polcy: unknown key (there are ConnectTimeout, OpenDeadline, ControlDeadline, ProbeInterval, RefreshInterval, "
            + "ShutdownQuietTime, ConnectionAttemptDelay, BudgetReserve, PreferInlineScheduling, Mode, AllowBypass, FallbackAllowance, "
            + "Circuit, Firmware, Policy, Placement, Worth, Diagnostics)")]
    [InlineData(
        """{ "Policy": { "Rules": [ { "Name": "a", "Port": 1 } ] } }""",
        "Toe:Policy:Rules:0:Port: unknown key (there are Name, Direction, Local, Remote, LocalPorts, RemotePorts, Adapters, Mode, AllowBypass, RdmaPort)")]
    [InlineData(
        """{ "Policy": { "Rules": [ { "Name": "a", "LocalPorts": [80, 443] } ] } }""",
        "Toe:Policy:Rules:0:LocalPorts: one value is expected here, not a section or list")]
    [InlineData(
        """{ "Policy": { "Rules": [ { "Name": "a", "Adapters": "chelsio" } ] } }""",
        "Toe:Policy:Rules:0:Adapters: a list is expected here, not one value")]
    [InlineData("""{ "Policy": { "Rules": { "x": { "Name": "a" } } } }""", "Toe:Policy:Rules:x: 'x' is not a place in a list (0, 1, 2, …)")]
    [InlineData("""{ "Circuit": 5 }""", "Toe:Circuit: a section is expected here, not one value")]
    [InlineData(
        """{ "Policy": { "Rules": [ { "Name": "a" }, { "Name": "b" }, { "Name": "c", "Remote": "10.0.0.0/33" } ] } }""",
        "Toe:Policy:Rules:2:Remote: '10.0.0.0/33' is not a prefix (the length is a number from 0 to 32)")]
    [InlineData(
        """{ "Policy": { "Rules": [ { "Name": "a", "LocalPorts": "9-8" } ] } }""",
        "Toe:Policy:Rules:0:LocalPorts: '9-8' are not ports (the range '9-8' is reversed; did you mean 8-9?)")]
    [InlineData(
        """{ "Policy": { "Rules": [ { "Name": "a" }, { "Name": "a" } ] } }""",
        "Toe:Policy:Rules:1:Name: 'a' is the name of Toe:Policy:Rules:0 already")]
    [InlineData("""{ "Policy": { "Rules": [ { "Mode": "Forbid" } ] } }""", "Toe:Policy:Rules:0:Name: a rule needs a name")]
    [InlineData(
        """{ "Policy": { "Rules": [ { "Name": "a", "Mode": "9" } ] } }""",
        "Toe:Policy:Rules:0:Mode: '9' is not a mode (Prefer, Require, Forbid)")]
    [InlineData(
        """{ "Policy": { "Rules": [ { "Name": "a", "Direction": "9" } ] } }""",
        "Toe:Policy:Rules:0:Direction: '9' is not a direction (Connect, Listen, Any)")]
    [InlineData(
        """{ "Policy": { "Rules": [ { "Name": "a", "Adapters": ["the card"] } ] } }""",
        "Toe:Policy:Rules:0:Adapters:0: 'the card' cannot name an adapter (the character ' '; "
            + "write an id, a provider's name, or a pattern with * and ?)")]
    [InlineData(
        """{ "Policy": { "Rules": [ { "Name": "a", "Adapters": ["chelsio"], "Mode": "Forbid" } ] } }""",
        "Toe:Policy:Rules:0:Adapters: a rule that forbids asks no adapter; leave them out, or give the rule another mode")]
    [InlineData(
        """{ "Firmware": { "TrustedKeys": ["rubbish!"] } }""",
        "Toe:Firmware:TrustedKeys:0: is neither PEM ('PUBLIC KEY') nor base64")]
    [InlineData("""{ "Firmware": { "Reports": ["a.json", " "] } }""", "Toe:Firmware:Reports:1: ' ' is not a path")]
    [InlineData("""{ "Firmware": { "Consequences": { "Unproven": 9 } } }""", "Toe:Firmware:Consequences:Unproven: '9' is not one of Ok, Warn, Refuse")]
    [InlineData(
        """{ "Firmware": { "Catalogue": "/nonexistent/c.json" } }""",
        "Toe:Firmware:Catalogue: '/nonexistent/c.json' does not exist")]
    public async Task Stops_the_start_with_one_message(string toe, string expected) =>
        Assert.Equal(expected, await TestHost.RefusedStart(toe));

    [Theory]
    [InlineData("""{ "ConnectTimeout": "soon" }""", "Toe:ConnectTimeout")]
    [InlineData("""{ "Mode": "Maybe" }""", "Toe:Mode")]
    [InlineData("""{ "Policy": { "Rules": [ { "Name": "a", "Direction": "up" } ] } }""", "Toe:Policy:Rules:0:Direction")]
    [InlineData("""{ "Diagnostics": { "Endpoint": "perhaps" } }""", "Toe:Diagnostics:Endpoint")]
    public async Task Values_of_another_kind_are_named(string toe, string key) =>
        Assert.Contains($"'{key}'", await TestHost.RefusedStart(toe), StringComparison.Ordinal);

    [Fact, Trait("Requirement", "TOE-CIRC-007")]
    public async Task Unsigned_malformed_and_wrongly_signed_catalogues_stop_the_start()
    {
        using var files = new SignedCatalogue();
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        files.Put(SignedCatalogue.First);
        Assert.Equal(
            $"Toe:Firmware:TrustedKeys: empty, so nobody can have signed '{files.Path}'; name a key, or set Toe:Firmware:AllowUnsigned",
            await Start([]));
        Assert.Equal(
            $"Toe:Firmware:Catalogue: '{files.Path}.sig' is not a signature of '{files.Path}' by any of Toe:Firmware:TrustedKeys",
            await Start([Convert.ToBase64String(stranger.ExportSubjectPublicKeyInfo())]));

        files.Put("{}");
        Assert.StartsWith(
            $"Toe:Firmware:Catalogue: '{files.Path}' is malformed: line 1, ", await Start([files.Base64Key]), StringComparison.Ordinal);

        File.Delete(files.Path + ".sig");
        Assert.Equal(
            $"Toe:Firmware:Catalogue: '{files.Path}' is not signed: '{files.Path}.sig' does not exist", await Start([files.Base64Key]));

        Task<string> Start(string[] keys) => TestHost.RefusedStart(
            $$"""
              { "Firmware": { "Catalogue": "{{files.Path}}",
                "TrustedKeys": [{{string.Join(',', keys.Select(key => $"\"{key}\""))}}] } }
              """);
    }

    [Fact, Trait("Requirement", "TOE-CIRC-007")]
    public async Task Signed_and_allowed_unsigned_catalogues_start()
    {
        using var files = new SignedCatalogue();
        files.Put(SignedCatalogue.First);
        using var signed = TestHost.Build(
            $$"""{ "Firmware": { "Catalogue": "{{files.Path}}", "TrustedKeys": ["{{files.Base64Key}}"] } }""");
        await signed.StartAsync(TestContext.Current.CancellationToken);
        File.Delete(files.Path + ".sig");
        using var unsigned = TestHost.Build($$"""{ "Firmware": { "Catalogue": "{{files.Path}}", "AllowUnsigned": true } }""");
        await unsigned.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("acme/*", unsigned.Services.GetRequiredService<IFirmwareCatalogueSource>().Current.Entries[0].Name);
    }
}

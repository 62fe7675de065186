using System.Net;
using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using Toe.Vm.Tests.Devices;

namespace Toe.Vm.Tests.Cases;

/// <summary>A device's firmware changes under a running stack.</summary>
[SupportedOSPlatform("linux")]
internal static class FirmwareCases
{
    public static readonly GuestCase[] All = [new("firmware: the gate closes and opens with the device's version", GateAsync)];

    private const string Catalogue = """
        { "format": 1, "adapters": [ { "provider": "netdevsim", "model": "*", "source": "the test", "minimum": "10.0.0", "tested": "10.20.30",
          "blocked": [ { "version": "10.5.0", "reason": "loses connections", "source": "the test" } ] } ] }
        """;

    private static async Task GateAsync(CancellationToken cancellationToken)
    {
        await using var device = await Netdevsim.CreateAsync(5, cancellationToken);
        var file = Path.Combine(Path.GetTempPath(), "toe-guest-catalogue.json");
        await File.WriteAllTextAsync(file, Catalogue, cancellationToken);
        await using var stack = ToeStack.Create(builder =>
        {
            builder.AddProvider(_ => new NetdevsimProvider(device));
            builder.Services.Configure<ToeOptions>(options =>
            {
                options.RefreshInterval = TimeSpan.FromMilliseconds(100);
                options.OpenDeadline = TimeSpan.FromSeconds(5); // An emulated processor is slow.
                options.Firmware.Catalogue = file;
                options.Firmware.AllowUnsigned = true;
            });
        });
        await stack.StartAsync(cancellationToken);
        await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)), cancellationToken);
        var request = new ToeConnectRequest(listener.LocalEndPoint);

        await CarriesAsync(stack, listener, request, isOffloaded: true, cancellationToken);
        foreach (var (version, reason) in new[] { ("9.9.9", ToeReasons.VersionFirmwareOld), ("10.5.0", ToeReasons.VersionFirmwareBlocked), ("unknown", ToeReasons.VersionFirmwareUnreadable) })
        {
            await Netdevsim.SetFirmwareAsync(version, cancellationToken);
            await UntilAsync(stack, request, reason, cancellationToken);
            await CarriesAsync(stack, listener, request, isOffloaded: false, cancellationToken);
        }

        await Netdevsim.SetFirmwareAsync(Netdevsim.ShippedFirmware, cancellationToken);
        await UntilAsync(stack, request, ToeReason.None, cancellationToken);
        await CarriesAsync(stack, listener, request, isOffloaded: true, cancellationToken);
    }

    /// <summary>Asks the stack what it would do until it says so: it reads the device's firmware on its own timer.</summary>
    private static async Task UntilAsync(ToeStack stack, ToeConnectRequest request, ToeReason expected, CancellationToken cancellationToken)
    {
        using var turn = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        DecisionTrace trace;
        do
        {
            await turn.WaitForNextTickAsync(cancellationToken);
            trace = stack.Explain(request);
        }
        while (trace.Candidates.Length != 1 || !trace.Candidates[0].Reason.Is(expected));
    }

    private static async Task CarriesAsync(ToeStack stack, ToeListener listener, ToeConnectRequest request, bool isOffloaded, CancellationToken cancellationToken)
    {
        await using var connection = await stack.ConnectAsync(request, cancellationToken);
        Check.True(connection.Placement.IsHostStack != isOffloaded, connection.Trace.ToString());
        await using var accepted = await listener.AcceptAsync(cancellationToken);
        await connection.SendAsync("hello"u8.ToArray(), cancellationToken);
        var buffer = new byte[8];
        Check.Equal(5, await accepted.ReceiveAsync(buffer, cancellationToken));
    }
}

using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Toe.Emulated.Links;
using Toe.Testing;

namespace Toe.Emulated.Tests.Card;

/// <summary>Streams between two cards on a fabric: what corrupts them, and what captures of them show.</summary>
public sealed class FabricStreamTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("toe-capture-").FullName;
    private readonly Fabric _fabric = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Corruption_IsFound_AlthoughTheFabricMakesNoChecksums(bool atTheSender)
    {
        var faults = new LinkFaults { Corruption = 0.1, Seed = 5 };
        await using var provider = await DiscoverAsync(Options() with { Faults = atTheSender ? faults : null }, Options() with { Faults = atTheSender ? null : faults });

        await TalkAsync(provider, RandomNumberGenerator.GetBytes(4 * 1024 * 1024), []);

        Assert.True(provider.Cards.Sum(card => card.Shards.Loops[0].Engine.Statistics.BadChecksum) > 0);
        foreach (var card in provider.Cards)
            await card.DisposeAsync();
    }

    [Theory]
    [InlineData(1500, true)]
    [InlineData(65535, false)]
    public async Task Capture_IsReadByTshark_AndHoldsEveryByte(int mtu, bool verify)
    {
        Needs.Tool("tshark");
        var path = Path.Combine(_folder, "capture.pcapng");
        var fabric = new Fabric(new FabricOptions { Mtu = mtu, VerifyChecksums = verify });
        await using var provider = await DiscoverAsync(Options() with { Fabric = fabric, CapturePath = path }, Options() with { Fabric = fabric });
        var up = RandomNumberGenerator.GetBytes(300_000);
        var down = RandomNumberGenerator.GetBytes(200_000);

        await TalkAsync(provider, up, down);
        var link = provider.Cards[0].Links[0];
        foreach (var card in provider.Cards)
            await card.DisposeAsync();
        var statistics = link.Statistics;

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var frames = (await TsharkAsync(path, "-o", verify ? "tcp.check_checksum:TRUE" : "tcp.check_checksum:FALSE", "-T", "fields",
            "-e", "frame.protocols", "-e", "frame.packet_flags_direction", "-e", "frame.time_epoch", "-e", "_ws.malformed", "-e", "tcp.checksum.status"))
            .Select(line => line.Split('\t')).ToList();
        Assert.All(frames, frame => Assert.StartsWith("raw:ip:tcp", frame[0], StringComparison.Ordinal));
        Assert.All(frames, frame => Assert.Equal("", frame[3]));
        if (verify)
            Assert.All(frames, frame => Assert.Equal("1", frame[4])); // Good.
        var outbound = frames.Count(frame => Number(frame[1]) == 2);
        Assert.Equal((statistics.PacketsReceived, frames.Count), (frames.Count(frame => Number(frame[1]) == 1), (int)statistics.PacketsReceived + outbound));
        Assert.True(outbound >= statistics.PacketsSent);
        var times = frames.Select(frame => decimal.Parse(frame[2], CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(times.Order(), times);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        Assert.InRange(times[0], now - 120, now + 1);

        var stream = (await TsharkAsync(path, "-q", "-z", "follow,tcp,raw,0")).Where(line => line.Trim().Length > 0 && line.Trim().All(char.IsAsciiHexDigit)).ToList();
        Assert.Equal(Convert.ToHexStringLower(up), string.Concat(stream.Where(line => line[0] != '\t')));
        Assert.Equal(Convert.ToHexStringLower(down), string.Concat(stream.Where(line => line[0] == '\t').Select(line => line.Trim())));
    }

    [Fact]
    public async Task Capture_ThatCannotBeMade_LeavesTheLinkAlone()
    {
        await using var provider = await DiscoverAsync(Options() with { CapturePath = Path.Combine(_folder, "missing", "capture") }, Options());

        await TalkAsync(provider, new byte[1000], []);

        Assert.IsType<FabricPort>(provider.Cards[0].Links[0]);
        foreach (var card in provider.Cards)
            await card.DisposeAsync();
    }

    private static int Number(string field) => field.StartsWith("0x", StringComparison.Ordinal)
        ? int.Parse(field.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : int.Parse(field, CultureInfo.InvariantCulture);

    private static async Task<string[]> TsharkAsync(string path, params string[] arguments) =>
        (await KernelPeer.RunAsync(["tshark", "-n", "-r", path, .. arguments])).Good().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private EmulatedFabricOptions Options() => new() { Fabric = _fabric };

    private static async Task<EmulatedProvider> DiscoverAsync(EmulatedFabricOptions client, EmulatedFabricOptions server)
    {
        var provider = new EmulatedProvider([
            client with { Card = new EmulatedCardOptions { Name = "client" } },
            server with { Card = new EmulatedCardOptions { Name = "server" } }]);
        await provider.DiscoverAsync(new QuietHost(), TestContext.Current.CancellationToken);
        return provider;
    }

    private static async Task TalkAsync(EmulatedProvider provider, byte[] up, byte[] down)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var accepting = new CardBench.ListenerEvents();
        var listen = await provider.Cards[1].ListenAsync(new AdapterListenRequest(new IPEndPoint(IPAddress.Loopback, 0), 4, ToeSocketOptions.Default), accepting, cancellation);
        var events = new CardBench.SocketEvents();
        var open = await provider.Cards[0].OpenAsync(new OpenRequest(null, listen.Listener!.LocalEndPoint, ToeSocketOptions.Default), events, cancellation);
        await using var client = open.Socket!;
        Assert.Equal(ConnectOutcome.Connected, (await client.ConnectAsync(cancellation).AsTask().WaitAsync(CardBench.Patience, cancellation)).Outcome);
        var accepted = await accepting.AcceptAsync();
        await using var server = accepted.Socket;

        var arriving = server.HashAsync(accepted.Events);
        await client.SendAllAsync(events, up);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(up)), await arriving);
        var returning = client.HashAsync(events);
        await server.SendAllAsync(accepted.Events, down);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(down)), await returning);
    }
}

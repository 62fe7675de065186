using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Linux.Tests.Rules;

/// <summary>Random rule sets in the kernel's own packet filter: where the reader finds nothing a connection is made, where it finds a rule that denies none is.</summary>
[SupportedOSPlatform("linux")]
public sealed class KernelRulesTests
{
    private const HostBypass Netfilter = HostBypass.NetfilterIn | HostBypass.NetfilterOut;
    private const int Rounds = 40;

    private static readonly TimeSpan NoAnswer = TimeSpan.FromMilliseconds(200);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheReader_AgreesWithTheKernel()
    {
        Needs.Root();
        Needs.Tool("nft");
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var here = await NetworkNamespace.CreateAsync();
        await using var there = await NetworkNamespace.CreateAsync();
        await here.AddVethAsync("va", there, "vb");
        await here.AddAddressesAsync("va", "192.0.2.1/24");
        await there.AddAddressesAsync("vb", "192.0.2.2/24");
        using var live = await here.InsideAsync(static () => new LiveHost());
        var file = Path.GetTempFileName();
        var (harmless, denied) = (0, 0);
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                var isListen = random.Next(2) == 0;
                var (port, source) = (random.Next(20, 24), 40000 + round); // Each its own: conntrack remembers those before.
                var rules = RuleSet(random);
                await File.WriteAllTextAsync(file, "flush ruleset\n" + rules, Token);
                if ((await here.RunAsync("nft", "-f", file)).ExitCode != 0)
                    continue; // Conditions that exclude each other.
                var listed = (await here.RunAsync("nft", "-j", "list", "ruleset")).Good().Output;
                using var folder = new Hosts.ImageFolder();
                folder.Write("tools/nft", listed).Write("calls.json", """{ "tools": [ { "command": [ "nft", "-j", "list", "ruleset" ], "exit": 0, "output": "nft" } ] }""");
                using var image = folder.Open();
                var read = await HostRulesReader.ReadAsync(image, Token);
                var (local, remote) = isListen
                    ? (new IPEndPoint(IPAddress.Parse("192.0.2.1"), port), new IPEndPoint(IPAddress.Parse("192.0.2.2"), source))
                    : (new IPEndPoint(IPAddress.Parse("192.0.2.1"), source), new IPEndPoint(IPAddress.Parse("192.0.2.2"), port));

                var finding = read.Find(Netfilter, new HostFlow(isListen, local, remote, "va"));

                var connected = isListen
                    ? await ConnectsAsync(there, remote, here, local, finding is null)
                    : await ConnectsAsync(here, local, there, remote, finding is null);
                Assert.True(connected == finding is null, $"seed {seed}, round {round}: {(isListen ? "listen" : "connect")} {local} {remote}: '{finding}', and the kernel {(connected ? "connected" : "did not connect")}:\n{rules}");
                _ = finding is null ? harmless++ : denied++;
            }
        }
        finally
        {
            File.Delete(file);
        }

        Assert.True(harmless > 0 && denied > 0, $"seed {seed}: {harmless} harmless, {denied} denied");
    }

    private static string RuleSet(Random random)
    {
        string[] conditions =
        [
            "tcp dport { 20, 22 }", "tcp dport 21", "tcp sport 40000-40019", "tcp dport >= 40020", "ip saddr 192.0.2.2", "ip daddr 192.0.2.0/25", "ip saddr != 192.0.2.1", "ip saddr 192.0.2.1-192.0.2.1",
            "iifname \"va\"", "iifname \"lo\"", "oifname \"v*\"", "ct state new", "ct state established,related", "meta l4proto tcp", "meta l4proto udp", "udp dport 22", "meta nfproto ipv6", "ip protocol tcp",
        ];
        string[] verdicts = ["accept", "accept", "accept", "drop", "reject", "jump other", "goto other", "counter", "return"];
        var text = "table inet t {\n chain other {\n";
        for (var i = random.Next(3); i > 0; i--)
            text += $"  {Line(new Random(random.Next()), conditions, ["accept", "drop", "return", "counter"])}\n";
        text += " }\n";
        foreach (var hook in new[] { "input", "output", "prerouting" })
        {
            if (random.Next(3) == 0)
                continue;
            text += $" chain {hook} {{\n  type filter hook {hook} priority 0; policy {(random.Next(4) == 0 ? "drop" : "accept")};\n";
            if (random.Next(2) == 0)
                text += "  ct state established,related accept\n";
            for (var i = random.Next(4); i > 0; i--)
                text += $"  {Line(random, conditions, verdicts)}\n";
            text += " }\n";
        }

        return text + "}\n";
    }

    private static string Line(Random random, string[] conditions, string[] verdicts)
    {
        var line = "";
        for (var i = random.Next(3); i > 0; i--)
            line += conditions[random.Next(conditions.Length)] + " ";
        return line + verdicts[random.Next(verdicts.Length)];
    }

    private static async Task<bool> ConnectsAsync(NetworkNamespace from, IPEndPoint source, NetworkNamespace to, IPEndPoint target, bool expected)
    {
        using var server = await to.InsideAsync(() => Bound(target));
        server.Listen(1);
        using var client = await from.InsideAsync(() => Bound(source));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(expected ? TimeSpan.FromSeconds(30) : NoAnswer);
        try
        {
            // Both ways and back: a rule may let the handshake's first packets pass only.
            await client.ConnectAsync(target, patience.Token);
            using var accepted = await server.AcceptAsync(patience.Token);
            await client.SendAsync(new byte[1], patience.Token);
            var connected = await accepted.ReceiveAsync(new byte[1], patience.Token) == 1;
            accepted.LingerState = client.LingerState = new LingerOption(enable: true, seconds: 0);
            return connected;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException && !Token.IsCancellationRequested)
        {
            client.LingerState = new LingerOption(enable: true, seconds: 0);
            return false;
        }
    }

    private static Socket Bound(IPEndPoint local)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        socket.Bind(local);
        return socket;
    }
}

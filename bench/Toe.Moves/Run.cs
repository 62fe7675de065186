using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Toe.Emulated.Links;
using Toe.Testing;

namespace Toe.Moves;

/// <summary>One run: so many connections, one after the other, each moved so many times.</summary>
/// <param name="Connections">How many connections.</param>
/// <param name="Moves">Moves of each.</param>
/// <param name="Seed">The seed of the first; each has the next.</param>
/// <param name="Faults">What the line between the two sides does; null for a veth pair.</param>
/// <param name="IsEcho">Requests and answers with a capture, which show the pause at the peer; else streams of all kinds.</param>
internal sealed record Run(int Connections, int Moves, int Seed, LinkFaults? Faults, bool IsEcho)
{
    private const int WarmUp = 1; // Connections whose pauses do not count: the program is compiled meanwhile.

    public async Task<Tally> DoAsync()
    {
        var tally = new Tally();
        await using var lab = await Lab.CreateAsync(Faults);
        await using var probe = lab.StartProbe(Moves, Seed, Connections, IsEcho ? "echo" : "varied");
        await probe.WaitForAsync("listening ");
        var port = int.Parse(probe.Output.Split("listening ")[1].Split('\n')[0], CultureInfo.InvariantCulture);
        for (var number = 0; number < Connections; number++)
        {
            if (!await DoAsync(lab, probe, port, number, tally))
                break; // The moved end may still be busy with it.
        }

        if (await lab.ReadResetsAsync() is > 0 and var resets)
            tally.Fail(string.Create(CultureInfo.InvariantCulture, $"{resets} connections were reset"));
        return tally;
    }

    private async Task<bool> DoAsync(Lab lab, KernelPeer probe, int port, int number, Tally tally)
    {
        var seed = Seed + number;
        try
        {
            await using var capture = IsEcho ? await Capture.StartAsync(lab.Peer) : null;
            using var socket = await lab.ConnectAsync(port);
            var reported = probe.WaitForAsync($"report {{\"seed\":{seed},");
            var moved = Task.WhenAny(probe.WaitForAsync($"moved {seed}."), reported).Unwrap();
            using var varied = new VariedPeer(socket, seed);
            await (IsEcho ? new EchoPeer(socket, seed).RunAsync(moved) : varied.RunAsync(moved));
            await reported;
            var report = JsonSerializer.Deserialize(ReportOf(probe, seed), ReportJson.Default.MoveReport)!;
            tally.Add(report);
            if (capture is not null && number >= WarmUp)
                tally.Add(Pauses.Of(await capture.FinishAsync(), report));
            return true;
        }
        catch (Exception exception) when (exception is SocketException or IOException or InvalidDataException or TimeoutException or InvalidOperationException)
        {
            tally.Fail($"seed {seed}, peer: {exception.Message} {ReportOf(probe, seed)}");
            return false;
        }
    }

    private static string ReportOf(KernelPeer probe, int seed) =>
        probe.Output.Split('\n').FirstOrDefault(line => line.StartsWith($"report {{\"seed\":{seed},", StringComparison.Ordinal))?["report ".Length..] ?? "";
}

using System.Runtime.Versioning;
using System.Security.Cryptography;
using Toe.Diagnostics;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>A capture of an offloaded transfer over a real interface, as tshark reads it.</summary>
[SupportedOSPlatform("linux")]
public sealed class InterfaceCaptureTests
{
    private const int Size = 3_000_000;

    [Fact]
    public async Task Capture_HasNoMalformedFrame_AndHoldsTheStream()
    {
        Needs.Tool("tshark");
        await using var bench = await SharedInterfaceBench.CreateAsync();
        var (program, endpoint) = await bench.ListenAsync(SharedInterfaceBench.Address + ":0", [SharedInterfaceBench.Device], "--discard");
        await using var owned = program;
        using var stop = new CancellationTokenSource();
        var path = Path.GetTempFileName();
        try
        {
            var sent = RandomNumberGenerator.GetBytes(Size);
            await using (var file = File.Create(path))
            {
                using var capture = await ToeProgram.Find(program.Id)!.StartCaptureAsync(TestContext.Current.CancellationToken);
                var copying = capture.CopyToAsync(file, stop.Token);
                using var socket = await bench.ConnectAsync(endpoint);
                await socket.SendAsync(sent, TestContext.Current.CancellationToken);
                socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                Assert.Equal(0, await socket.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken)); // Its FIN: it has all.
                await stop.CancelAsync();
                Assert.Equal(0, (await copying).Lost);
            }

            Assert.DoesNotContain("_ws.malformed", await TsharkAsync(path, "-T", "fields", "-e", "frame.protocols"), StringComparison.Ordinal);
            Assert.Equal("", await TsharkAsync(path, "-Y", "_ws.malformed || tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment"));
            var stream = await TsharkAsync(path, "-q", "-z", "follow,tcp,raw,0");
            var received = Convert.FromHexString(string.Concat(stream.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0 && line.All(char.IsAsciiHexDigit))));
            Assert.Equal(Convert.ToHexString(SHA256.HashData(sent)), Convert.ToHexString(SHA256.HashData(received)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<string> TsharkAsync(string path, params string[] arguments) => (await KernelPeer.RunAsync(["tshark", "-n", "-r", path, .. arguments])).Good().Output;
}

using System.Globalization;
using System.Text.Json;
using Toe.Testing;

namespace Toe.Cli.Tests;

/// <summary>Captures of a running program, as tshark reads them.</summary>
public sealed class CaptureTests
{
    [Theory]
    [InlineData(false, "-INT")]
    [InlineData(true, "-TERM")]
    public async Task Capture_HoldsEveryByte_OfTheConnectionsOnItsCards(bool toStandardOutput, string signal)
    {
        Needs.Tool("tshark");
        await using var tool = new Tool();
        var (host, _, server) = await tool.StartHostAsync("default", "default");
        (await tool.RunAsync("offload", "--pid", Pid(host), "--id", server, "--to", "emulated:card1")).Good();
        var file = Path.Combine(tool.Folder, "capture.pcapng");
        var capture = toStandardOutput
            ? tool.StartInto(file, "capture", "--pid", Pid(host), "-w", "-", "--json")
            : tool.Start("capture", "--pid", Pid(host), "-w", file, "--json");
        await capture.WaitForErrorAsync("capturing");

        await host.WriteLineAsync("send 300000");
        await host.WaitForAsync(" True");
        (await KernelPeer.RunAsync(["kill", signal, Pid(capture)])).Good();
        var answer = (await capture.WaitAsync()).Good();

        var summary = JsonDocument.Parse(toStandardOutput ? answer.Errors[answer.Errors.IndexOf('{', StringComparison.Ordinal)..] : answer.Output).RootElement;
        Assert.Equal((host.Id, toStandardOutput ? "-" : file), (summary.GetProperty("pid").GetInt32(), summary.GetProperty("file").GetString()));
        Assert.Equal((new FileInfo(file).Length, 0), (summary.GetProperty("bytes").GetInt64(), summary.GetProperty("lost").GetInt64()));
        if (!toStandardOutput && !OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var frames = (await TsharkAsync(file, "-T", "fields", "-e", "frame.protocols", "-e", "_ws.malformed", "-e", "frame.interface_name")).Select(line => line.Split('\t')).ToList();
        Assert.Equal(summary.GetProperty("packets").GetInt64(), frames.Count);
        Assert.All(frames, frame => Assert.StartsWith("raw:ip:tcp", frame[0], StringComparison.Ordinal));
        Assert.All(frames, frame => Assert.Equal("", frame[1]));
        Assert.Equal(["emulated:card0", "emulated:card1"], frames.Select(frame => frame[2]).Distinct().Order());
        var sent = host.Output.Split("sent ")[1].Split(' ')[1];
        foreach (var card in new[] { "0", "1" }) // Each has seen all of it, going out and coming in.
        {
            var stream = await TsharkAsync(file, "-2", "-R", $"frame.interface_id == {card}", "-q", "-z", "follow,tcp,raw,0");
            Assert.Equal(sent, string.Concat(stream.Select(line => line.Trim()).Where(line => line.Length > 0 && line.All(char.IsAsciiHexDigit))));
        }
    }

    [Fact]
    public async Task AProgramWithoutSuchAdapters_IsAReason_AndNoFile()
    {
        await using var tool = new Tool();
        var (listener, _) = await tool.ListenAsync("127.0.0.1:0", "--echo");
        var file = Path.Combine(tool.Folder, "none");

        var answer = await tool.RunAsync("capture", "--pid", Pid(listener), "-w", file);

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("no adapter of this program shows its packets", answer.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task TheProgramsEnd_IsTheCaptures_AndSaidSo()
    {
        await using var tool = new Tool();
        var (host, _, _) = await tool.StartHostAsync("default");
        var file = Path.Combine(tool.Folder, "ended.pcapng");
        var capture = tool.Start("capture", "--pid", Pid(host), "-w", file);
        await capture.WaitForErrorAsync("capturing");

        host.CloseInput();
        var answer = await capture.WaitAsync();

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains($"process {host.Id} ended the capture", answer.Errors, StringComparison.Ordinal);
        Assert.Contains(" packets, 0 lost, ", answer.Errors, StringComparison.Ordinal);
        Assert.NotEmpty(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }

    private static string Pid(KernelPeer peer) => peer.Id.ToString(CultureInfo.InvariantCulture);

    private static async Task<string[]> TsharkAsync(string path, params string[] arguments) =>
        (await KernelPeer.RunAsync(["tshark", "-n", "-r", path, .. arguments])).Good().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Toe.Testing;

namespace Toe.Cli.Tests;

/// <summary>The listener's services against plain clients, and its end by SIGTERM.</summary>
public sealed class ListenTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Echo_SendsBackWhatComes_ToManyClients_UntilSigterm()
    {
        await using var tool = new Tool();
        var (listener, endpoint) = await tool.ListenAsync("127.0.0.1:0", "--echo", "--adapter", "emulated:fabric");

        for (var i = 0; i < 3; i++)
        {
            using var client = new TcpClient(AddressFamily.InterNetwork);
            await client.ConnectAsync(endpoint, None);
            using var reader = new StreamReader(client.GetStream());
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"hello {i}"), None);
            client.Client.Shutdown(SocketShutdown.Send);
            Assert.Equal($"hello {i}", await reader.ReadToEndAsync(None));
        }

        Assert.Equal(0, await EndAsync(listener, "-TERM"));
    }

    [Theory]
    [InlineData("-TERM")]
    [InlineData("-INT")]
    public async Task Signal_IsTheEndThatWasAskedFor_AlsoWithoutAService(string signal)
    {
        await using var tool = new Tool();
        var (waiting, _) = await tool.ListenAsync("127.0.0.1:0");
        var (talking, endpoint) = await tool.ListenAsync("127.0.0.1:0");
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(endpoint, None);
        await client.GetStream().WriteAsync("here\n"u8.ToArray(), None);
        await talking.WaitForAsync("here");

        Assert.Equal(0, await EndAsync(waiting, signal));
        Assert.Equal(0, await EndAsync(talking, signal));
    }

    [Fact]
    public async Task ReadyFile_IsWhole_ReplacesAnOldOne_AndLeavesNothingElse()
    {
        await using var tool = new Tool();
        var folder = Directory.CreateDirectory(Path.Combine(tool.Folder, "ready")).FullName;
        var file = Path.Combine(folder, "ready");
        await File.WriteAllTextAsync(file, "old", None);
        using var watcher = new FileSystemWatcher(folder) { EnableRaisingEvents = true };
        var renamed = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Renamed += (_, change) => renamed.TrySetResult(change.Name);

        var listener = tool.Start("listen", "127.0.0.1:0", "--discard", "--ready-file", file, "--json");

        Assert.Equal("ready", await renamed.Task.WaitAsync(KernelPeer.Limit, None)); // Put in place by a rename.
        var endpoint = (await File.ReadAllTextAsync(file, None)).Trim();
        Assert.Equal(["ready"], Directory.EnumerateFiles(folder).Select(Path.GetFileName));
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(System.Net.IPEndPoint.Parse(endpoint), None);
        Assert.Equal(0, await EndAsync(listener, "-TERM"));
        Assert.Contains($"{{\"listening\": \"{endpoint}\"}}", listener.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortInUse_IsAFailure_WithTheHostsWords()
    {
        await using var tool = new Tool();
        var (_, endpoint) = await tool.ListenAsync("127.0.0.1:0", "--echo");

        var answer = await tool.RunAsync("listen", endpoint.ToString(), "--echo");

        Assert.Equal((1, $"toe: {new SocketException((int)SocketError.AddressAlreadyInUse).Message}"), (answer.ExitCode, answer.Errors.Trim()));
    }

    [Theory]
    [InlineData("--discard")]
    [InlineData("--source", "1000000000")]
    public async Task ServicesWithoutAnEnd_EndBySigterm_UnderTraffic(params string[] service)
    {
        await using var tool = new Tool();
        var (listener, endpoint) = await tool.ListenAsync(["127.0.0.1:0", .. service]);
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(endpoint, None);
        if (service[0] == "--discard")
            await client.GetStream().WriteAsync(new byte[1_000_000], None);
        else
            await client.GetStream().ReadExactlyAsync(new byte[1_000_000], None);

        Assert.Equal(0, await EndAsync(listener, "-TERM"));
    }

    [Fact]
    public async Task Source_SendsExactlySoManyBytes()
    {
        await using var tool = new Tool();
        var (_, endpoint) = await tool.ListenAsync("127.0.0.1:0", "--source", "123457");
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(endpoint, None);
        using var all = new MemoryStream();

        await client.GetStream().CopyToAsync(all, None);

        Assert.Equal(123_457, all.Length);
    }

    [Fact]
    public async Task Serve_AnswersHttpWithRanges_AndNothingOutsideTheFolder()
    {
        await using var tool = new Tool();
        var folder = Directory.CreateDirectory(Path.Combine(tool.Folder, "www")).FullName;
        var content = RandomNumberGenerator.GetBytes(300_000);
        await File.WriteAllBytesAsync(Path.Combine(folder, "a b.bin"), content, None);
        await File.WriteAllTextAsync(Path.Combine(tool.Folder, "secret"), "secret", None);
        File.CreateSymbolicLink(Path.Combine(folder, "out"), Path.Combine(tool.Folder, "secret"));
        var (_, endpoint) = await tool.ListenAsync("127.0.0.1:0", "--serve", folder);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{endpoint}") };

        Assert.Equal(content, await http.GetByteArrayAsync("/a%20b.bin", None));
        Assert.Equal(content[1000..2000], await RangeAsync(http, 1000, 1999));
        Assert.Equal(content[^500..], await RangeAsync(http, null, 500));
        Assert.Equal(content[299_000..], await RangeAsync(http, 299_000, null));
        foreach (var outside in new[] { "/../secret", "/%2e%2e/secret", "/out", "/no", "/", "/%00" })
            Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync(new Uri($"http://{endpoint}{outside}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }), None)).StatusCode);
        using var beyond = new HttpRequestMessage(HttpMethod.Get, "/a%20b.bin") { Headers = { Range = new(300_000, null) } };
        Assert.Equal(System.Net.HttpStatusCode.RequestedRangeNotSatisfiable, (await http.SendAsync(beyond, None)).StatusCode);
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/a%20b.bin"), None);
        Assert.Equal(300_000, head.Content.Headers.ContentLength);
        Assert.Equal(System.Net.HttpStatusCode.MethodNotAllowed, (await http.DeleteAsync("/a%20b.bin", None)).StatusCode);
    }

    [Fact]
    public async Task Connect_IsLikeNc_AndItsSummaryIsOnStandardError()
    {
        await using var tool = new Tool();
        var (_, endpoint) = await tool.ListenAsync("127.0.0.1:0", "--echo", "--adapter", "emulated:fabric");

        var client = tool.Start("connect", endpoint.ToString(), "--adapter", "emulated:fabric");
        await client.WriteLineAsync("over the stack");
        client.CloseInput();
        var answer = (await client.WaitAsync()).Good();

        Assert.Equal("over the stack", answer.Output.Trim());
        Assert.Contains("15 bytes sent, 15 received", answer.Errors, StringComparison.Ordinal);
        Assert.Contains("Route.NotOnFabric", answer.Errors, StringComparison.Ordinal); // The fabric lives inside one process.
    }

    [Fact]
    public async Task Connect_ToNobody_FailsWithTheHostsWords()
    {
        await using var tool = new Tool();
        using var probe = new TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        var closed = probe.LocalEndpoint.ToString()!;
        probe.Stop();

        var answer = await tool.RunAsync("connect", closed);

        Assert.Equal(1, answer.ExitCode);
        Assert.Equal($"toe: {new SocketException((int)SocketError.ConnectionRefused).Message}", answer.Errors.Trim());
    }

    [Fact]
    public async Task WithoutAService_OneClientMeetsStandardInputAndOutput()
    {
        await using var tool = new Tool();
        var (listener, endpoint) = await tool.ListenAsync("127.0.0.1:0");
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(endpoint, None);

        await listener.WriteLineAsync("from the listener");
        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("from the listener", await reader.ReadLineAsync(None));
        await client.GetStream().WriteAsync("to the listener\n"u8.ToArray(), None);
        await listener.WaitForAsync("to the listener");
        client.Close();
        listener.CloseInput();

        Assert.Equal(0, (await listener.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task Connections_ShowsThoseOfAnotherProgram()
    {
        await using var tool = new Tool();
        var (listener, endpoint) = await tool.ListenAsync("127.0.0.1:0", "--echo", "--adapter", "emulated:fabric");
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(endpoint, None);
        await client.GetStream().WriteAsync(new byte[] { 1, 2, 3 }, None);
        await client.GetStream().ReadExactlyAsync(new byte[3], None);

        var report = await tool.ReadJsonAsync("connections");

        var connection = report.GetProperty("connections").EnumerateArray().Single();
        Assert.Equal(client.Client.LocalEndPoint!.ToString(), connection.GetProperty("remote").GetString());
        Assert.Equal(endpoint.ToString(), connection.GetProperty("local").GetString());
        Assert.Equal(("Established", "HostStack"), (connection.GetProperty("state").GetString(), connection.GetProperty("placement").GetString()));
        Assert.Equal((3, 3), (connection.GetProperty("bytesSent").GetInt64(), connection.GetProperty("bytesReceived").GetInt64()));
        Assert.Contains("Route.NotThroughAdapter", connection.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.True(connection.GetProperty("since").GetDateTimeOffset() <= DateTimeOffset.MaxValue);
        Assert.True(connection.GetProperty("pid").GetInt32() > 0 && connection.GetProperty("id").GetInt64() > 0);
        await EndAsync(listener, "-TERM");
        Assert.Empty((await tool.ReadJsonAsync("connections")).GetProperty("connections").EnumerateArray()); // Nothing is left behind.
    }

    [Fact]
    public async Task Connections_SkipsAProgramThatWasKilled()
    {
        await using var tool = new Tool();
        var (listener, _) = await tool.ListenAsync("127.0.0.1:0", "--echo");

        await EndAsync(listener, "-KILL");

        Assert.Empty((await tool.ReadJsonAsync("connections")).GetProperty("connections").EnumerateArray());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(tool.Folder, "run"))); // The stale socket was cleaned up.
    }

    private static async Task<int> EndAsync(KernelPeer peer, string signal)
    {
        (await KernelPeer.RunAsync(["kill", signal, peer.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])).Good();
        return (await peer.WaitAsync()).ExitCode;
    }

    private static async Task<byte[]> RangeAsync(HttpClient http, long? from, long? to)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a%20b.bin") { Headers = { Range = new(from, to) } };
        using var response = await http.SendAsync(request, None);
        Assert.Equal(System.Net.HttpStatusCode.PartialContent, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync(None);
    }
}

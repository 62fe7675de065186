using Toe.Testing;

namespace Toe.Core.Tests.Samples;

/// <summary>Each sample runs to its end as its README line says. The rest of them: eng/try-tool, eng/try-tutorial.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task Worker_RunsItsRounds_AndShowsHealthAndMeasurements()
    {
        var output = await RunAsync("samples/Worker", "--Worker:Pause=00:00:00.01");

        Assert.Contains("health: toe is Healthy", output, StringComparison.Ordinal);
        Assert.Contains("round 3: emulated:fabric (FullConnection, Confirmed), 65536 bytes came back", output, StringComparison.Ordinal);
        Assert.Contains("metrics: toe.io network.io.direction=receive toe.provider=emulated 393216", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_TakesItsOptionsFromTheCommandLineToo()
    {
        var output = await RunAsync("samples/Worker", "--Worker:Pause=00:00:00.01", "--Toe:Mode=Forbid");
        Assert.Contains("round 3: HostStack", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Streams_ComeBackLineByLine()
    {
        var output = await RunAsync("samples/Streams");

        Assert.Contains("Stream with TLS: 3 lines on emulated:fabric (FullConnection, Confirmed)", output, StringComparison.Ordinal);
        Assert.Contains("adopted socket: 3 lines on HostStack", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GrpcOverToe_ConnectsAnewWhenTheCardHasCrashed()
    {
        var output = await RunAsync("samples/GrpcOverToe");

        Assert.Contains("duplex streaming: sums 1 3 6; client on emulated:fabric (FullConnection, Confirmed), server on emulated:fabric", output, StringComparison.Ordinal);
        Assert.Contains("next unary: 1 + 2 + 3 = 6; client on HostStack: Health.Failed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RedisOverToe_CountsOverTheSoftwareToe()
    {
        Needs.Root();
        Needs.Tool("unshare");
        Needs.Tool("redis-server");

        var output = await RunAsync("samples/RedisOverToe");

        Assert.Contains("says \"hello over a TOE\" and counted to 1000", output, StringComparison.Ordinal);
        Assert.Contains("192.0.2.1:", output, StringComparison.Ordinal);
        Assert.Contains("emulated:tap (FullConnection, Confirmed)", output, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(string sample, params string[] arguments) =>
        (await KernelPeer.RunAsync(["dotnet", BuiltProgram.PathOf(sample), .. arguments])).Good().Output;
}

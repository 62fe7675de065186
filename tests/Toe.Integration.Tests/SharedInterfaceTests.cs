using System.Net;
using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>Several programs on one interface, and one program on several.</summary>
[SupportedOSPlatform("linux")]
public sealed class SharedInterfaceTests
{
    [Fact]
    public async Task ProgramsOnOneInterface_DoNotNoticeOneAnothersEnd_NorDoesTheHost()
    {
        await using var bench = await SharedInterfaceBench.CreateAsync();
        var (ours, theirs) = await bench.ConnectHostsAsync();
        using var _ = ours;
        using var __ = theirs;
        var (first, firstEnd) = await bench.ListenAsync(SharedInterfaceBench.Address + ":0", [SharedInterfaceBench.Device], "--echo");
        await using var ownedFirst = first;
        var (second, secondEnd) = await bench.ListenAsync(SharedInterfaceBench.Address + ":0", [SharedInterfaceBench.Device], "--echo");
        await using var ownedSecond = second;
        using var toFirst = await bench.ConnectAsync(firstEnd);
        using var toSecond = await bench.ConnectAsync(secondEnd);
        await SharedInterfaceBench.EchoAsync(toFirst, new Pattern(1));
        await SharedInterfaceBench.EchoAsync(toSecond, new Pattern(2));
        await SharedInterfaceBench.EchoAsync(ours, new Pattern(3), far: theirs);
        Assert.Equal(SharedInterfaceBench.Card, (await SharedInterfaceBench.ReportAsync(first, toFirst)).Placement);
        Assert.Equal(SharedInterfaceBench.Card, (await SharedInterfaceBench.ReportAsync(second, toSecond)).Placement);

        await first.DisposeAsync(); // Kills it.

        await SharedInterfaceBench.EchoAsync(toSecond, new Pattern(2), position: 100_000);
        await SharedInterfaceBench.EchoAsync(theirs, new Pattern(4), far: ours);
        using var later = await bench.ConnectAsync(secondEnd);
        await SharedInterfaceBench.EchoAsync(later, new Pattern(5));
        Assert.Equal(SharedInterfaceBench.Card, (await SharedInterfaceBench.ReportAsync(second, later)).Placement);
    }

    [Fact]
    public async Task OneProgramOnTwoInterfaces_TakesConnectionsOnBoth()
    {
        await using var bench = await SharedInterfaceBench.CreateAsync();
        var (program, endpoint) = await bench.ListenAsync("0.0.0.0:0", [SharedInterfaceBench.Device, SharedInterfaceBench.SecondDevice], "--echo");
        await using var owned = program;
        using var first = await bench.ConnectAsync(new IPEndPoint(IPAddress.Parse(SharedInterfaceBench.Address), endpoint.Port));
        using var second = await bench.ConnectAsync(new IPEndPoint(IPAddress.Parse(SharedInterfaceBench.SecondAddress), endpoint.Port));

        await SharedInterfaceBench.EchoAsync(first, new Pattern(1));
        await SharedInterfaceBench.EchoAsync(second, new Pattern(2));

        Assert.Equal(SharedInterfaceBench.Card, (await SharedInterfaceBench.ReportAsync(program, first)).Placement);
        Assert.Equal("emulated:" + SharedInterfaceBench.SecondDevice, (await SharedInterfaceBench.ReportAsync(program, second)).Placement);
    }
}

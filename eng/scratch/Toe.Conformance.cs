#:package Toe.Conformance@*

using System.Net;
using Toe;
using Toe.Conformance;

var report = await ConformanceKit.RunAsync(new MyFixture(), requirements: ConformanceKit.Requirements.Where(requirement => requirement.Suite == "Stream"));
File.WriteAllText("conformance.html", ReportWriter.Write(report, ReportFormat.Html));
Console.WriteLine(report); // requirements on the kernel's own sockets
return report.IsGood ? 0 : 1;

internal sealed class MyFixture : ConformanceFixture
{
    public override string Substrate => "the kernel's own sockets";

    public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) => new(new HostSocketProvider());

    public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) =>
        new(new SocketPeer(IPAddress.Loopback, adapterAddress: IPAddress.Loopback));
}

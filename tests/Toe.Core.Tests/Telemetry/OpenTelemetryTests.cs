using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Toe.Core.Tests.Hosting;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Telemetry;

/// <summary>OpenTelemetry's own SDK finds a host's stack by the public names.</summary>
public sealed class OpenTelemetryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact, Trait("Requirement", "TOE-TELE-006")]
    public async Task AddMeterAndAddSource_SeeARealConnect()
    {
        var metrics = new List<MetricSnapshot>();
        var spans = new List<Activity>();
        using var meters = Sdk.CreateMeterProviderBuilder().AddMeter(ToeTelemetry.MeterName).AddInMemoryExporter(metrics).Build();
        using var tracer = Sdk.CreateTracerProviderBuilder().AddSource(ToeTelemetry.ActivitySourceName).AddInMemoryExporter(spans).Build();
        using var host = StackHost.Build("{}", new ScriptedProvider(new ScriptedAdapter("otel") { Reach = static (_, _) => ToeReasons.RouteNotThroughAdapter }));
        await host.StartAsync(Token);
        using var server = StackBench.HostServer();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;

        await using (var connection = await host.Services.GetRequiredService<IToeStack>().ConnectAsync(new ToeConnectRequest(server.LocalEndpoint), Token))
        {
            await connection.SendAsync(new byte[5], Token);
            meters.ForceFlush();
            tracer.ForceFlush();
        }

        var span = Assert.Single(spans.ToList(), span => Equals(span.GetTagItem("network.peer.port"), port)); // Other tests' stacks are seen as well.
        Assert.Equal(("toe.connect", ActivityKind.Client, "HostStack"), (span.OperationName, span.Kind, span.GetTagItem("toe.placement")));
        Assert.True(Points(metrics, "toe.connect.duration", "toe.provider", "host").Sum(static point => point.GetHistogramCount()) >= 1);
        Assert.True(Points(metrics, "toe.io", "toe.provider", "host").Sum(static point => point.GetSumLong()) >= 5);
        Assert.Equal(1, Points(metrics, "toe.adapter.usable", "toe.adapter.id", "scripted:otel").Single().GetGaugeLastValueLong());
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    private static IEnumerable<MetricPoint> Points(List<MetricSnapshot> metrics, string name, string tag, string value) =>
        metrics.Where(metric => metric.Name == name).SelectMany(static metric => metric.MetricPoints).Where(point =>
        {
            foreach (var one in point.Tags)
            {
                if (one.Key == tag && Equals(one.Value, value))
                    return true;
            }

            return false;
        });
}

using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Worker;

/// <summary>Prints the health when it changes; another program would publish it.</summary>
internal sealed class HealthPrinter : IHealthCheckPublisher
{
    private HealthStatus? _last;

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        if (_last == report.Status)
            return Task.CompletedTask;
        _last = report.Status;
        foreach (var (name, entry) in report.Entries)
            Console.WriteLine($"health: {name} is {entry.Status} {entry.Description}{Environment.NewLine}{JsonSerializer.Serialize(entry.Data)}");
        return Task.CompletedTask;
    }
}

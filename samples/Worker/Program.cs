using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Toe;
using Toe.Emulated;
using Worker;

// Usage: dotnet run --project samples/Worker [-- --Toe:Mode=Forbid] [-- --Worker:Rounds=10]
// A worker as an application would write it: the stack comes by dependency injection, its options from appsettings.json, its health and measurements go where the others' go.
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddToe(static toe => toe.AddEmulated());
builder.Services.Configure<WorkerOptions>(builder.Configuration.GetSection("Worker"));
builder.Services.AddHostedService<Rounds>();

builder.Services.AddHealthChecks().AddToe();
builder.Services.AddSingleton<IHealthCheckPublisher, HealthPrinter>();
builder.Services.Configure<HealthCheckPublisherOptions>(static health => (health.Delay, health.Period) = (TimeSpan.Zero, TimeSpan.FromSeconds(1)));

// With OpenTelemetry: AddMeter(ToeTelemetry.MeterName) and AddSource(ToeTelemetry.ActivitySourceName).
builder.Services.AddSingleton<IMetricsListener, MetricsPrinter>();
builder.Services.AddMetrics(static metrics => metrics.EnableMetrics(ToeTelemetry.MeterName));

await builder.Build().RunAsync();

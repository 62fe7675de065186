using Microsoft.Extensions.Hosting;

namespace Toe.Hosting;

/// <summary>Starts the stack before its host's services, so that providers are asked before the application serves, and drains it after them.</summary>
internal sealed class ToeStackStarter(ToeStack stack) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => stack.StartAsync(cancellationToken).AsTask();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => stack.DrainAsync(cancellationToken).AsTask();
}

using Microsoft.Extensions.Hosting;

namespace Toe.Hosting;

/// <summary>Starts the stack with its host, so that providers are asked before the application serves.</summary>
internal sealed class ToeStackStarter(ToeStack stack) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => stack.StartAsync(cancellationToken).AsTask();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

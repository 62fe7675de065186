using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Toe.Telemetry;

namespace Toe.Adapters;

/// <summary>One provider with its last discovery, and what it is lent. A provider that throws or hangs is a reason, and the others go on.</summary>
internal sealed class ProviderHost(IToeProvider provider, ILoggerFactory logging, TimeProvider time, Action rescan) : IProviderHost
{
    private int _discoveries;

    public IToeProvider Provider => provider;

    public string Name { get; } = NameOf(provider);

    public ILoggerFactory Logging => logging;

    public TimeProvider Time => time;

    public ImmutableArray<IToeAdapter> Adapters { get; private set; } = [];

    public ImmutableArray<NotTaken> NotTaken { get; private set; } = [];

    /// <summary>True when the last discovery failed: it is tried again on a timer.</summary>
    public bool HasFailed { get; private set; }

    public void RescanNeeded() => rescan();

    public async Task DiscoverAsync(SupervisionContext context, CancellationToken cancellationToken)
    {
        try
        {
            if (Volatile.Read(ref _discoveries) != 0)
                throw new AdapterFaultException(ToeReasons.InternalProviderLate.With("the last discovery hangs still"));
            Interlocked.Increment(ref _discoveries);
            var discovery = await ControlCall.RunAsync(
                AskAsync, context.Options.ControlDeadline, time, static _ => { }, cancellationToken).ConfigureAwait(false);
            if (discovery is not { Adapters: not null, NotTaken: not null } || discovery.Adapters.Any(adapter => adapter is null))
                throw new AdapterFaultException(ToeReasons.InternalContractViolation.With("DiscoverAsync returned null"));
            Adapters = [.. discovery.Adapters.Distinct<IToeAdapter>(ReferenceEqualityComparer.Instance)];
            NotTaken = [.. discovery.NotTaken];
            HasFailed = false;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            var fault = AdapterFaultException.From(exception); // The provider's lists may throw as well.
            HasFailed = true;
            NotTaken = [new NotTaken(Name, fault.Reason)];
            StackLog.DiscoveryFailed(context.Logger, Name, fault.Reason, fault.InnerException);
        }
    }

    private async ValueTask<Discovery> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await provider.DiscoverAsync(this, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _discoveries);
        }
    }

    public static string NameOf(IToeProvider provider)
    {
        try
        {
            return provider.Name;
        }
        catch (Exception)
        {
            return provider.GetType().Name; // A provider that cannot even say its name is named by its type.
        }
    }
}

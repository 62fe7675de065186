using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Toe.Telemetry;

namespace Toe.Adapters;

/// <summary>One provider with its last discovery, and what it is lent. A provider that throws or hangs is a reason, and the others go on.</summary>
internal sealed class ProviderHost(IToeProvider provider, ILoggerFactory logging, TimeProvider time, Action rescan) : IProviderHost
{
    public IToeProvider Provider => provider;

    public string Name { get; } = NameOf(provider);

    public ILoggerFactory Logging => logging;

    public TimeProvider Time => time;

    public ImmutableArray<IToeAdapter> Adapters { get; private set; } = [];

    public ImmutableArray<NotTaken> NotTaken { get; private set; } = [];

    public void RescanNeeded() => rescan();

    public async Task DiscoverAsync(SupervisionContext context, CancellationToken cancellationToken)
    {
        try
        {
            var discovery = await ControlCall.RunAsync(
                token => provider.DiscoverAsync(this, token), context.Options.ControlDeadline, time, static _ => { }, cancellationToken).ConfigureAwait(false);
            if (discovery is null || discovery.Adapters.Any(adapter => adapter is null))
                throw new AdapterFaultException(ToeReasons.InternalContractViolation.With("DiscoverAsync returned null"));
            Adapters = [.. discovery.Adapters];
            NotTaken = [.. discovery.NotTaken];
        }
        catch (AdapterFaultException fault)
        {
            NotTaken = [new NotTaken(Name, fault.Reason)];
            StackLog.DiscoveryFailed(context.Logger, Name, fault.Reason, fault.InnerException);
        }
    }

    private static string NameOf(IToeProvider provider)
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

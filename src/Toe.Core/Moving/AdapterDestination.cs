using Toe.Adapters;
using Toe.Connections;

namespace Toe.Moving;

/// <summary>A move to an adapter. Takes the lease over, which is settled when a place is prepared.</summary>
internal sealed class AdapterDestination(SupervisedAdapter adapter, IImportsState importer, BudgetLease? lease, TcpTuple tuple, SupervisionContext supervision)
    : IMoveDestination
{
    private readonly CarrierEvents _events = new();
    private AdapterLife _life = null!; // Read before the first call: what the adapter holds for us ends with it.
    private IMoveTarget? _place;

    public IReadOnlyList<ToeReason> Downgrades => [];

    public async Task<ToeReason> PrepareAsync(CancellationToken cancellationToken)
    {
        _life = adapter.Life;
        try
        {
            var prepared = await adapter.CallAsync(CallAsync, late => Abandon(late.Place), cancellationToken).ConfigureAwait(false);
            _place = prepared.Place;
            if (_place is not null)
                lease?.Settle();
            else
                lease?.Release();
            return prepared.Refusal;
        }
        catch
        {
            lease?.Release();
            throw;
        }
    }

    public Task<ToeReason> ImportAsync(TcpConnectionState state, CancellationToken cancellationToken) =>
        adapter.CallAsync(token => _place!.ImportAsync(state, token), static _ => { }, cancellationToken);

    public async Task<Carrier> ActivateAsync()
    {
        var socket = await adapter.CallAsync(_ => _place!.ActivateAsync(), adapter.Discard, CancellationToken.None).ConfigureAwait(false);
        try
        {
            return Carrier.On(adapter, _life, socket, _events, supervision);
        }
        catch (Exception exception)
        {
            var fault = AdapterFaultException.From(exception);
            adapter.ReportFault(fault);
            adapter.Discard(socket);
            throw fault;
        }
    }

    public void Abandon() => Abandon(_place);

    public Placement PlacementOf(Carrier carrier, ToeReason cause, DateTimeOffset since) =>
        new(adapter.Identity.Id, adapter.View.Status.Capabilities.Model, carrier.GetInfo().Confidence, cause, since);

    private void Abandon(IMoveTarget? place)
    {
        if (place is not null)
            _ = adapter.CloseInBackground(place.AbandonAsync);
    }

    private async ValueTask<PrepareResult> CallAsync(CancellationToken cancellationToken)
    {
        var prepared = await importer.PrepareAsync(tuple, _events, cancellationToken).ConfigureAwait(false);
        return prepared.Place is null && prepared.Refusal.IsNone
            ? throw new AdapterFaultException(ToeReasons.InternalContractViolation.With("PrepareAsync answered neither a place nor a refusal"))
            : prepared;
    }
}

using System.Net;
using System.Net.Sockets;
using Toe.Adapters;
using Toe.Connections;
using Toe.Hosting;

namespace Toe.Connecting;

/// <summary>One attempt on one adapter. A refusal, a fault or a missed deadline of the adapter is a result; the peer's answer is a <see cref="SocketException"/>.</summary>
internal sealed class AdapterAttempt(StackContext context)
{
    /// <summary>Opens and connects.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="lease">What the Budget gate took; given back here unless the adapter took its entry.</param>
    /// <param name="request">The request.</param>
    /// <param name="remote">The peer, as the adapter is to reach it.</param>
    /// <param name="mode">The mode in force.</param>
    /// <param name="check">Whether the local endpoint that the adapter reserved may be used; <see cref="ToeReason.None"/> when it may.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<AttemptResult> RunAsync(
        SupervisedAdapter adapter, BudgetLease? lease, ToeConnectRequest request, IPEndPoint remote, ToeMode mode, Func<IPEndPoint, ToeReason> check,
        CancellationToken cancellationToken)
    {
        var events = new CarrierEvents();
        var life = adapter.Life; // Taken before the open: a socket of a life that ended is lost, however well the adapter is by then.
        OpenResult open;
        try
        {
            open = await OpenAsync(adapter, events, request, remote, cancellationToken).ConfigureAwait(false);
        }
        catch (AdapterFaultException fault)
        {
            lease?.Release();
            adapter.ReportFault(fault);
            return AttemptResult.Refused(fault.Reason);
        }
        catch (OperationCanceledException)
        {
            lease?.Release();
            throw;
        }

        if (open.Socket is null)
        {
            lease?.Release();
            return AttemptResult.Refused(open.Refusal);
        }

        lease?.Settle();
        if (Check(adapter, open.Socket, check) is { IsNone: false } refusal)
            return AttemptResult.Refused(refusal);
        return RdmaEndpoint.IsRdma(adapter.View)
            ? await ConnectRdmaAsync(adapter, life, open, events, request, remote, mode, cancellationToken).ConfigureAwait(false)
            : await ConnectAsync(adapter, life, open, events, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// At an RDMA port the peer has not been asked what the application asks: an answer there is no answer to it, and silence may cost no more than half of the
    /// time where the host stack comes next.
    /// </summary>
    private async Task<AttemptResult> ConnectRdmaAsync(
        SupervisedAdapter adapter, AdapterLife life, OpenResult open, CarrierEvents events, ToeConnectRequest request, IPEndPoint remote, ToeMode mode,
        CancellationToken cancellationToken)
    {
        var budget = request.Timeout ?? context.Options.ConnectTimeout;
        using var half = new CancellationTokenSource(mode == ToeMode.Require || budget <= TimeSpan.Zero ? Timeout.InfiniteTimeSpan : budget / 2, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, half.Token);
        try
        {
            return await ConnectAsync(adapter, life, open, events, either.Token).ConfigureAwait(false);
        }
        catch (SocketException answer)
        {
            if (answer.SocketErrorCode == SocketError.TimedOut)
                context.SilentPeers.Add(remote);
            return AttemptResult.Refused(ToeReasons.PeerNoRdma.With($"{remote}: {answer.Message}"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            context.SilentPeers.Add(remote);
            return AttemptResult.Refused(ToeReasons.PeerNoRdma.With($"{remote} did not answer"));
        }
    }

    private static ToeReason Check(SupervisedAdapter adapter, IToeAdapterSocket socket, Func<IPEndPoint, ToeReason> check)
    {
        ToeReason refusal;
        try
        {
            refusal = socket.LocalEndPoint is { } local && !local.Address.Equals(IPAddress.Any) && !local.Address.Equals(IPAddress.IPv6Any)
                ? check(local)
                : ToeReason.None;
        }
        catch (Exception exception)
        {
            var fault = AdapterFaultException.From(exception);
            adapter.ReportFault(fault);
            refusal = fault.Reason;
        }

        if (!refusal.IsNone)
            adapter.Discard(socket);
        return refusal;
    }

    private async Task<OpenResult> OpenAsync(
        SupervisedAdapter adapter, CarrierEvents events, ToeConnectRequest request, IPEndPoint remote, CancellationToken cancellationToken)
    {
        var open = await ControlCall.RunAsync(
            token => adapter.Adapter.OpenAsync(new OpenRequest(request.Local, remote, request.Options), events, token),
            context.Options.OpenDeadline, context.Time, late => adapter.Discard(late.Socket), cancellationToken).ConfigureAwait(false);
        if (open.Socket is null && open.Refusal.IsNone)
            throw new AdapterFaultException(ToeReasons.InternalContractViolation.With("OpenAsync returned neither a socket nor a refusal"));
        return open;
    }

    private async Task<AttemptResult> ConnectAsync(
        SupervisedAdapter adapter, AdapterLife life, OpenResult open, CarrierEvents events, CancellationToken cancellationToken)
    {
        var socket = open.Socket!;
        var lost = life.Lost;
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var connecting = Task.Run(async () => await socket.ConnectAsync(attempt.Token).ConfigureAwait(false), CancellationToken.None);
        _ = connecting.ContinueWith(
            static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default); // It may fail when nobody waits any more.
        try
        {
            // A hung card is found by its health watch, not by the clock: only its loss ends the wait for the peer.
            await Task.WhenAny(connecting, lost).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (lost.IsCompleted)
                throw new AdapterLostException(await lost.ConfigureAwait(false));
            var result = await connecting.ConfigureAwait(false);
            switch (result.Outcome)
            {
                case ConnectOutcome.Connected:
                    adapter.Circuit.Succeeded();
                    return new AttemptResult(Carrier.On(adapter, life, socket, events, context.Supervision), ToeReason.None, open.Downgrades ?? []);
                case ConnectOutcome.PeerAnswered when result.PeerError != SocketError.Success:
                    adapter.Circuit.Succeeded();
                    throw new PeerAnsweredException(result.PeerError);
                case ConnectOutcome.Refused when !result.Refusal.IsNone:
                    adapter.Discard(socket);
                    return AttemptResult.Refused(result.Refusal);
                default:
                    throw new AdapterFaultException(ToeReasons.InternalContractViolation.With($"ConnectAsync answered {result.Outcome} without saying which"));
            }
        }
        catch (PeerAnsweredException answer)
        {
            adapter.Discard(socket);
            throw new SocketException((int)answer.Error);
        }
        catch (AdapterLostException loss)
        {
            await attempt.CancelAsync().ConfigureAwait(false);
            adapter.Discard(socket);
            return AttemptResult.Refused(loss.Reason);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            adapter.Discard(socket);
            throw;
        }
        catch (Exception exception)
        {
            var fault = AdapterFaultException.From(exception);
            adapter.Discard(socket);
            adapter.ReportFault(fault);
            return AttemptResult.Refused(fault.Reason);
        }
    }

    private sealed class PeerAnsweredException(SocketError error) : Exception
    {
        public SocketError Error => error;
    }

    private sealed class AdapterLostException(ToeReason reason) : Exception
    {
        public ToeReason Reason => reason;
    }
}

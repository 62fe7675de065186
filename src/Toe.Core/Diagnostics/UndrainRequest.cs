namespace Toe.Diagnostics;

/// <summary>Takes an adapter back that was set aside.</summary>
internal sealed class UndrainRequest(string adapterId) : LastingRequest
{
    public override async Task RunAsync(IReadOnlyList<ToeStack> stacks, DiagnosticAsker asker, CancellationToken leaving)
    {
        if (!DiagnosticEndpoint.TryReadmit(adapterId))
        {
            await MatchedNothingAsync(asker, "the adapter is not set aside", leaving).ConfigureAwait(false);
            return;
        }

        Result = "taken back";
        await WriteDoneAsync(asker, leaving).ConfigureAwait(false);
    }

    public override string ToString() => $"undrain {Printable(adapterId)}";
}

using Toe.Conformance;
using Toe.Emulated;

namespace Toe.Cli.Conforming;

/// <summary>What can be done to an emulated card.</summary>
internal sealed class CardFaults(EmulatedCard card) : ConformanceFaults
{
    public override ValueTask FailAsync(CancellationToken cancellationToken)
    {
        card.Crash();
        return ValueTask.CompletedTask;
    }

    public override async ValueTask RecoverAsync(CancellationToken cancellationToken) => await card.ResetAsync().ConfigureAwait(false);

    public override ValueTask<string?> TryFlashAsync(CancellationToken cancellationToken)
    {
        const string Flashed = "1.2.1";
        card.LoadFirmware(Flashed);
        return ValueTask.FromResult<string?>(Flashed);
    }

    public override ValueTask<bool> TrySetLinkAsync(bool isUp, CancellationToken cancellationToken)
    {
        try
        {
            card.SetLinkUp(isUp);
            return ValueTask.FromResult(true);
        }
        catch (NotSupportedException)
        {
            return ValueTask.FromResult(false); // The device's state is the kernel's.
        }
    }
}

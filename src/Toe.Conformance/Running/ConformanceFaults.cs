namespace Toe.Conformance;

/// <summary>What a fixture can do to the adapter that is tried.</summary>
public abstract class ConformanceFaults
{
    /// <summary>Makes the adapter fail, so that its connections are lost: a crash of its firmware, or a pull.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public abstract ValueTask FailAsync(CancellationToken cancellationToken);

    /// <summary>Brings it back, with empty tables.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public abstract ValueTask RecoverAsync(CancellationToken cancellationToken);

    /// <summary>False where the adapter has no firmware that could be changed under a running program. Default true.</summary>
    public virtual bool CanBeFlashed => true;

    /// <summary>False where the adapter has no link that could go down. Default true.</summary>
    public virtual bool HasLink => true;

    /// <summary>Puts another firmware onto it, as an operator does under a running program.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The text that the adapter is to report from then on; null when the fixture cannot.</returns>
    public virtual ValueTask<string?> TryFlashAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    /// <summary>Takes its link down or up.</summary>
    /// <param name="isUp">The new state.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>False when the fixture cannot.</returns>
    public virtual ValueTask<bool> TrySetLinkAsync(bool isUp, CancellationToken cancellationToken) => ValueTask.FromResult(false);
}

namespace Toe;

/// <summary>Receives an adapter's events: on the adapter's thread, without a lock held, back within microseconds.</summary>
public interface IAdapterEvents
{
    /// <summary>The status changed. May repeat.</summary>
    /// <param name="status">The new snapshot.</param>
    void StatusChanged(AdapterStatus status);
}

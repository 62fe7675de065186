namespace Toe.Adapters;

/// <summary>A provider threw, missed a deadline or broke the contract. Never leaves the stack.</summary>
/// <param name="reason">What it did.</param>
/// <param name="isLate">True when it missed a deadline.</param>
/// <param name="inner">Its own exception.</param>
internal sealed class AdapterFaultException(ToeReason reason, bool isLate = false, Exception? inner = null)
    : Exception(reason.ToString(), inner)
{
    public ToeReason Reason => reason;

    public bool IsLate => isLate;

    public static AdapterFaultException From(Exception exception) => exception as AdapterFaultException ?? new AdapterFaultException(
        ToeReasons.InternalProviderException.With($"{exception.GetType().Name}: {exception.Message}"), inner: exception);
}

namespace Toe.Moving;

/// <summary>The host stack does not give a connection up, or does not take it. Never leaves the stack.</summary>
/// <param name="reason">Why.</param>
internal sealed class MoveRefusedException(ToeReason reason) : Exception(reason.ToString())
{
    public ToeReason Reason => reason;
}

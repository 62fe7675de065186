namespace Toe.Conformance;

/// <summary>The adapter refused what the requirement needs.</summary>
internal sealed class RefusedException(string what, ToeReason reason) : Exception($"{what} was refused: {reason}")
{
    public ToeReason Reason => reason;
}

namespace Toe;

/// <summary>Where a connection runs: an immutable snapshot.</summary>
/// <param name="AdapterId">The carrying adapter's id; null on the host stack.</param>
/// <param name="Model">The offload model in use; null on the host stack.</param>
/// <param name="Confidence">How sure it is that the connection is offloaded.</param>
/// <param name="Reason">Why it runs there; <see cref="ToeReason.None"/> where the first choice was taken.</param>
/// <param name="Since">When it came there.</param>
public readonly record struct Placement(
    string? AdapterId, OffloadModel? Model, OffloadConfidence Confidence, ToeReason Reason, DateTimeOffset Since)
{
    /// <summary>True when the host stack carries the connection.</summary>
    public bool IsHostStack => AdapterId is null;

    /// <summary>The adapter's id with the model and confidence, or <c>HostStack</c>, with the reason if there is one.</summary>
    public override string ToString()
    {
        var where = AdapterId is null
            ? Confidence == OffloadConfidence.Unknown ? "HostStack (Unknown)" : "HostStack"
            : $"{AdapterId} ({Model}, {Confidence})";
        return Reason.IsNone ? where : $"{where}: {Reason}";
    }
}

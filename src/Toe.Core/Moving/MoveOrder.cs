using Toe.Connections;

namespace Toe.Moving;

/// <summary>What a move is to do.</summary>
/// <param name="AdapterId">Where to; null for the host stack.</param>
/// <param name="Cause">Why, for the new placement.</param>
internal sealed record MoveOrder(string? AdapterId, ToeReason Cause)
{
    /// <summary>True when the host stack is to carry it.</summary>
    public bool IsToHost => AdapterId is null;

    /// <summary>Where the connection must run still when its turn comes; null for anywhere.</summary>
    public Carrier? From { get; init; }

    /// <summary>True when the gates have been asked already, and the move follows at once: what would be better is not asked again.</summary>
    public bool IsDecided { get; init; }

    /// <summary>True when a person or the application asked: neither the mode of the connection's request nor its worth is looked at.</summary>
    public bool IsAsked { get; init; }
}

namespace Toe.Chelsio.Policy;

/// <summary>What a connection offload policy answers, as far as the question said enough.</summary>
internal enum CopAnswer
{
    /// <summary>The host stack, whatever the question left open.</summary>
    Host,

    /// <summary>The card, whatever the question left open.</summary>
    Card,

    /// <summary>It depends on what the question left open, or on words that this reader does not know.</summary>
    Depends,
}

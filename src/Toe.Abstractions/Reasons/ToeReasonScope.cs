namespace Toe;

/// <summary>How much a reason speaks for.</summary>
public enum ToeReasonScope
{
    /// <summary>This connection only.</summary>
    Connection,

    /// <summary>Every connection of the listener.</summary>
    Listener,

    /// <summary>Every connection on the adapter.</summary>
    Adapter,

    /// <summary>Everything of the provider.</summary>
    Provider,

    /// <summary>The whole stack.</summary>
    Stack,
}

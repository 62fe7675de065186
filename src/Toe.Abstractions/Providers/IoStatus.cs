namespace Toe;

/// <summary>The answer of a non-blocking data call on an adapter socket.</summary>
public enum IoStatus
{
    /// <summary>Some bytes moved, or the request was taken.</summary>
    Done,

    /// <summary>Nothing can move now; arm readiness and try again.</summary>
    WouldBlock,

    /// <summary>The peer's FIN was reached: every byte it sent has been received.</summary>
    EndOfStream,

    /// <summary>The peer reset the connection.</summary>
    Reset,

    /// <summary>The connection ended for another reason; the close event carried it.</summary>
    Failed,
}

namespace Toe.Conformance;

/// <summary>How a call to a peer on another machine ended. The numbers go over the wire.</summary>
internal enum RemoteAnswer : byte
{
    Done = 1,

    /// <summary>With a socket's error, as a number.</summary>
    SocketFault = 2,

    Cancelled = 3,

    /// <summary>With a text.</summary>
    Fault = 4,
}

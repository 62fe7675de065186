namespace Toe.Conformance;

/// <summary>What is asked of a peer on another machine. The numbers go over the wire.</summary>
internal enum RemoteCall : byte
{
    /// <summary>Family → handle, endpoint.</summary>
    Listen = 1,

    /// <summary>Handle of a listener → whether a connection waits.</summary>
    IsPending = 2,

    /// <summary>Handle of a listener → handle, both endpoints.</summary>
    Accept = 3,

    /// <summary>Endpoint → handle, both endpoints.</summary>
    Connect = 4,

    /// <summary>Handle, bytes → nothing.</summary>
    Send = 5,

    /// <summary>Handle, most bytes → bytes; none behind the end.</summary>
    Receive = 6,

    /// <summary>Handle → nothing.</summary>
    CompleteSending = 7,

    /// <summary>Handle → nothing.</summary>
    Reset = 8,

    /// <summary>Handle → nothing; the handle is gone.</summary>
    Close = 9,

    /// <summary>The number of a call under way; has no answer of its own.</summary>
    Cancel = 10,
}

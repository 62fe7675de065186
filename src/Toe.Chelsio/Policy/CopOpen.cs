namespace Toe.Chelsio.Policy;

/// <summary>What a connection offload policy is asked about.</summary>
internal enum CopOpen
{
    /// <summary><c>aopen</c>: a socket that connects.</summary>
    Active,

    /// <summary><c>listen</c>: a socket that begins to listen.</summary>
    Listen,

    /// <summary><c>popen</c>: a SYN for an offloaded listener.</summary>
    Passive,
}

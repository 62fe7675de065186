namespace Toe;

/// <summary>How much a caller wants an offload engine. The operator's word stands above the request's, the request's above the policy's, and the policy's above <see cref="Prefer"/>.</summary>
public enum ToeMode
{
    /// <summary>Use an adapter where one is present, trusted and admits the connection; otherwise the host stack. The default.</summary>
    Prefer,

    /// <summary>Fail with <see cref="ToeOffloadRequiredException"/> instead of using the host stack.</summary>
    Require,

    /// <summary>Ask no adapter, and keep the kernel from offloading the connection.</summary>
    Forbid,
}

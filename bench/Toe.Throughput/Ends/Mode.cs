namespace Toe.Throughput.Ends;

/// <summary>What an end does with a connection that the driver opens.</summary>
internal enum Mode
{
    /// <summary>It takes everything, and closes when the driver has sent its last byte.</summary>
    Sink,

    /// <summary>It sends until the driver has sent its FIN.</summary>
    Source,

    /// <summary>It sends back what comes.</summary>
    Echo,
}

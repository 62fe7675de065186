using System.Net;

namespace Toe.AspNetCore;

/// <summary>How Kestrel's connections run through the stack. Names and defaults are those of Kestrel's socket transport (<c>SocketTransportOptions</c>).</summary>
public sealed class ToeTransportOptions
{
    /// <summary>Which endpoints the stack serves; the others go to Kestrel's own transport. Default: every <see cref="IPEndPoint"/>. Asked once for each endpoint, when Kestrel binds it.</summary>
    public Func<IPEndPoint, bool> ShouldBind { get; set; } = static _ => true;

    /// <summary>The mode of the listeners; null, the default, leaves it to the policy.</summary>
    public ToeMode? Mode { get; set; }

    /// <summary>The queues that wake connections; each wakes those that wait in it in one work item of the thread pool. 0 makes one work item for each. Default: one for each processor, at most 16.</summary>
    public int IOQueueCount { get; set; } = Math.Min(Environment.ProcessorCount, 16);

    /// <summary>Takes memory for a read only when data is there. False saves a call for each read and keeps 4 KiB for every idle connection. Default: true.</summary>
    public bool WaitForDataBeforeAllocatingBuffer { get; set; } = true;

    /// <summary>Sends small segments at once (RFC 9293 §3.7.4). Default: true.</summary>
    public bool NoDelay { get; set; } = true;

    /// <summary>Connections that may wait to be accepted, on the host stack and on each adapter. Default: 512.</summary>
    public int Backlog { get; set; } = 512;

    /// <summary>Bytes of a connection that may wait to be read by the application; then the peer waits. Null or 0 sets no limit, which lets peers fill the memory. Default: 1 MiB.</summary>
    public long? MaxReadBufferSize { get; set; } = 1024 * 1024;

    /// <summary>Bytes of a connection that may wait to be sent; then the application waits. Null or 0 sets no limit, which lets slow peers fill the memory. Default: 64 KiB.</summary>
    public long? MaxWriteBufferSize { get; set; } = 64 * 1024;

    /// <summary>Runs the application on the threads that read from the carrier. Unsafe: one slow request stops others. Default: false.</summary>
    public bool UnsafePreferInlineScheduling { get; set; }

    /// <summary>Ends a connection that Kestrel aborts with FIN instead of RST. Default: the switch <c>Microsoft.AspNetCore.Server.Kestrel.FinOnError</c>, which is off unless set.</summary>
    public bool FinOnError { get; set; } = AppContext.TryGetSwitch("Microsoft.AspNetCore.Server.Kestrel.FinOnError", out var isSet) && isSet;
}

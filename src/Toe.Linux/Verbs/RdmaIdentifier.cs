using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>
/// Owns an identifier of the connection manager and what hangs on it in the device. Whoever is inside keeps it; when the last has left after it was disposed, a thread of
/// <see cref="RdmaCalls"/> destroys it, since that can block.
/// </summary>
internal sealed unsafe class RdmaIdentifier : SafeHandle
{
    private static int _open;

    private readonly ConnectionManager _manager;
    private readonly TaskCompletionSource _destroyed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private VerbsContext* _held;

    /// <summary>Takes an identifier over.</summary>
    /// <param name="manager">Where its events arrive.</param>
    /// <param name="identifier">The identifier.</param>
    public RdmaIdentifier(ConnectionManager manager, CmIdentifier* identifier)
        : base(0, ownsHandle: true)
    {
        _manager = manager;
        SetHandle((nint)identifier);
        Interlocked.Increment(ref _open);
    }

    /// <summary>Identifiers of this process that are not destroyed yet.</summary>
    public static int OpenCount => Volatile.Read(ref _open);

    public override bool IsInvalid => handle == 0;

    /// <summary>For calls by one who keeps it.</summary>
    public CmIdentifier* Pointer => (CmIdentifier*)handle;

    /// <summary>Completes when it is destroyed: only then its port is free.</summary>
    public Task Destroyed => _destroyed.Task;

    /// <summary>What it has in the device; set once, before anybody posts.</summary>
    public QueuePair? Pair { get; set; }

    /// <summary>Keeps it from being destroyed.</summary>
    /// <returns>False when it is being destroyed.</returns>
    public bool TryKeep()
    {
        if (IsClosed)
            return false;
        try
        {
            var kept = false;
            DangerousAddRef(ref kept);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Remembers that its device is used. When the device is known; by one thread.</summary>
    public void HoldDevice()
    {
        if (_held is not null || Pointer->Context is null)
            return;
        _held = Pointer->Context;
        RdmaContexts.AddUser((nint)_held);
    }

    public IPEndPoint ReadLocal() => ReadLocal(Pointer);

    public IPEndPoint ReadRemote() => ReadRemote(Pointer);

    public static IPEndPoint ReadLocal(CmIdentifier* identifier) => Read((byte*)identifier + CmIdentifier.SourceOffset);

    public static IPEndPoint ReadRemote(CmIdentifier* identifier) => Read((byte*)identifier + CmIdentifier.DestinationOffset);

    protected override bool ReleaseHandle()
    {
        RdmaCalls.Closing.Run(Destroy);
        return true;
    }

    private void Destroy()
    {
        _manager.Forget(handle);
        Pair?.Destroy();
        _ = RdmaCm.rdma_destroy_id(Pointer);
        _manager.Destroyed();
        if (_held is not null)
            RdmaContexts.RemoveUser((nint)_held);
        Interlocked.Decrement(ref _open);
        _destroyed.TrySetResult();
    }

    private static IPEndPoint Read(byte* bytes)
    {
        const int SizeOfIpv4 = 16, SizeOfIpv6 = 28; // struct sockaddr_in, linux/in.h; struct sockaddr_in6, linux/in6.h
        var isIpv6 = *(ushort*)bytes == Libc.FamilyInternet6;
        if (!isIpv6 && *(ushort*)bytes != Libc.FamilyInternet)
            return new IPEndPoint(IPAddress.Any, 0); // Not bound yet.
        var address = new SocketAddress(isIpv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        new ReadOnlySpan<byte>(bytes, Math.Min(address.Size, isIpv6 ? SizeOfIpv6 : SizeOfIpv4)).CopyTo(address.Buffer.Span);
        return (IPEndPoint)new IPEndPoint(isIpv6 ? IPAddress.IPv6Any : IPAddress.Any, 0).Create(address);
    }
}

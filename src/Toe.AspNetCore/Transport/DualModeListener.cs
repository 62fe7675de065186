using System.Net;
using System.Net.Sockets;

namespace Toe.AspNetCore.Transport;

/// <summary>What Kestrel expects of <c>[::]</c>: IPv6 and IPv4 on one port. The stack, as sockets by default, has a listener for each. One caller accepts at a time.</summary>
internal sealed class DualModeListener : ToeListener
{
    private const int Attempts = 10; // To find one port that is free for both.

    private readonly ToeListener[] _listeners;
    private readonly Task<ToeConnection>?[] _accepting;
    private int _last;

    private DualModeListener(ToeListener ipv6, ToeListener ipv4)
    {
        _listeners = [ipv6, ipv4];
        _accepting = new Task<ToeConnection>?[_listeners.Length];
    }

    public override IPEndPoint LocalEndPoint => _listeners[0].LocalEndPoint;

    public override DecisionTrace Trace => _listeners[0].Trace;

    /// <summary>Listens on <see cref="IPAddress.IPv6Any"/> and <see cref="IPAddress.Any"/> with the same port.</summary>
    public static async ValueTask<ToeListener> OpenAsync(IToeStack stack, ToeListenRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var ipv6 = await stack.ListenAsync(request, cancellationToken).ConfigureAwait(false);
            if (!Socket.OSSupportsIPv4)
                return ipv6;
            try
            {
                var ipv4 = await stack.ListenAsync(request with { Local = new IPEndPoint(IPAddress.Any, ipv6.LocalEndPoint.Port) }, cancellationToken).ConfigureAwait(false);
                return new DualModeListener(ipv6, ipv4);
            }
            catch (Exception exception)
            {
                await ipv6.DisposeAsync().ConfigureAwait(false);
                if (request.Local.Port != 0 || attempt == Attempts || exception is not SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
                    throw;
            }
        }
    }

    public override async ValueTask<ToeConnection> AcceptAsync(CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < _listeners.Length; i++)
            _accepting[i] ??= _listeners[i].AcceptAsync(CancellationToken.None).AsTask();
        await Task.WhenAny(_accepting!).WaitAsync(cancellationToken).ConfigureAwait(false);
        _last = 1 - _last; // In turn: a crowd at one cannot keep the other waiting.
        if (!_accepting[_last]!.IsCompleted)
            _last = 1 - _last;
        var accepted = _accepting[_last]!;
        _accepting[_last] = null;
        return await accepted.ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
            await listener.DisposeAsync().ConfigureAwait(false);
        foreach (var accepting in _accepting)
        {
            if (accepting is null)
                continue;
            await ((Task)accepting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (accepting.IsCompletedSuccessfully)
                (await accepting.ConfigureAwait(false)).Abort(); // It came, and nobody had accepted it.
        }
    }
}

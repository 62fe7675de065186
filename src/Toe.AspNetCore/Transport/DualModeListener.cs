using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Toe.AspNetCore.Transport;

/// <summary>What Kestrel expects of <c>[::]</c>: IPv6 and IPv4 on one port. The stack, as sockets by default, has a listener for each; two pumps bring both together.</summary>
internal sealed class DualModeListener : ToeListener
{
    private const int Attempts = 10; // To find one port that is free for both.

    private readonly ToeListener _ipv6;
    private readonly ToeListener _ipv4;
    private readonly Channel<ToeConnection> _accepted = Channel.CreateBounded<ToeConnection>(1); // The listeners have backlogs of their own.
    private readonly Task _pumping;

    private DualModeListener(ToeListener ipv6, ToeListener ipv4)
    {
        (_ipv6, _ipv4) = (ipv6, ipv4);
        _pumping = Task.WhenAll(PumpAsync(ipv6), PumpAsync(ipv4));
    }

    public override IPEndPoint LocalEndPoint => _ipv6.LocalEndPoint;

    public override DecisionTrace Trace => _ipv6.Trace;

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
        try
        {
            return await _accepted.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException exception)
        {
            throw new ObjectDisposedException("The listener was disposed.", exception);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_ipv6.DisposeAsync().AsTask(), _ipv4.DisposeAsync().AsTask()).ConfigureAwait(false);
        _accepted.Writer.TryComplete();
        await _pumping.ConfigureAwait(false);
        while (_accepted.Reader.TryRead(out var connection))
            connection.Abort(); // It came, and nobody had accepted it.
    }

    private async Task PumpAsync(ToeListener listener)
    {
        try
        {
            while (true)
            {
                var connection = await listener.AcceptAsync().ConfigureAwait(false);
                try
                {
                    await _accepted.Writer.WriteAsync(connection).ConfigureAwait(false);
                }
                catch (ChannelClosedException)
                {
                    connection.Abort();
                    return;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // The listener was closed, by us or with the stack.
        }
    }
}

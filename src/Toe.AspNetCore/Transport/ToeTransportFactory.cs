using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Toe.AspNetCore.Transport;

/// <summary>Binds Kestrel's IP endpoints through the stack.</summary>
internal sealed class ToeTransportFactory(
    IToeStack stack, IOptions<ToeTransportOptions> options, IMemoryPoolFactory<byte> memory, ILoggerFactory logging) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly ToeTransportOptions _options = options.Value;
    private readonly ILogger _logger = logging.CreateLogger("Toe.AspNetCore");

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint ip && _options.ShouldBind(ip);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is not IPEndPoint ip)
            throw new NotSupportedException($"The stack serves IP endpoints; {endpoint} is a {endpoint.GetType().Name}.");
        try
        {
            return new ToeTransportListener(await ListenAsync(RequestFor(ip), cancellationToken).ConfigureAwait(false), _options, memory, _logger);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception); // What Kestrel turns into its own message.
        }
    }

    private ValueTask<ToeListener> ListenAsync(ToeListenRequest request, CancellationToken cancellationToken) => request.Local.Address.Equals(IPAddress.IPv6Any)
        ? DualModeListener.OpenAsync(stack, request, cancellationToken)
        : stack.ListenAsync(request, cancellationToken);

    private ToeListenRequest RequestFor(IPEndPoint local) => new(local)
    {
        Mode = _options.Mode,
        Backlog = _options.Backlog,
        Options = ToeSocketOptions.Default with { NoDelay = _options.NoDelay },
    };
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Toe.Telemetry;

/// <summary>One connect as the operator sees it: a span, and a measurement of how long it took and how it ended.</summary>
internal sealed class ConnectObservation(ToeMetrics metrics, TimeProvider time, EndPoint remote) : IDisposable
{
    private readonly Activity? _activity = ToeActivities.StartConnect(remote);
    private readonly long _started = time.GetTimestamp();

    public void Connected(Connections.StackConnection connection)
    {
        metrics.Connected(connection.Carrier.Adapter?.Provider, time.GetElapsedTime(_started));
        _activity.Connected(connection);
    }

    /// <summary>The connect failed.</summary>
    /// <returns>The same exception, to be thrown.</returns>
    public Exception Failed(Exception exception)
    {
        var error = ErrorTypeOf(exception);
        metrics.ConnectFailed(error, time.GetElapsedTime(_started));
        _activity.Failed(error);
        return exception;
    }

    public void Dispose() => _activity?.Dispose();

    /// <summary>What befell it in one word of a bounded set.</summary>
    private static string ErrorTypeOf(Exception exception) => exception switch
    {
        SocketException socket => socket.SocketErrorCode.ToString(),
        ToeOffloadRequiredException required => required.Trace.Reason.Name,
        _ => exception.GetType().FullName!,
    };
}

using System.Net;
using Toe.Adapters;

namespace Toe.Connecting;

/// <summary>What an adapter is asked for. Where TCP ends in an adapter under iWARP, both ends must know it: such an adapter gets the port that policy names, and nothing without one.</summary>
internal static class RdmaEndpoint
{
    /// <summary>The endpoint for the adapter; null when policy names no port for it.</summary>
    /// <param name="view">The adapter.</param>
    /// <param name="endpoint">The endpoint that the application asked for.</param>
    /// <param name="rdmaPort">What policy names.</param>
    public static IPEndPoint? For(AdapterView view, IPEndPoint endpoint, int? rdmaPort)
    {
        if (!IsRdma(view))
            return endpoint;
        return rdmaPort is { } port ? new IPEndPoint(endpoint.Address, port) : null;
    }

    public static bool IsRdma(AdapterView view) => view.Status.Capabilities.Model == OffloadModel.Rdma;
}

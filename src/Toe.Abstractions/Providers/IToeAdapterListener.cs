using System.Net;

namespace Toe;

/// <summary>An adapter's listener. Disposing it stops it; no event comes afterwards, and accepted sockets live on.</summary>
public interface IToeAdapterListener : IAsyncDisposable
{
    /// <summary>The endpoint bound; a requested port 0 is replaced by the number chosen.</summary>
    IPEndPoint LocalEndPoint { get; }
}

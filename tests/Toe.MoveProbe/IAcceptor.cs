namespace Toe.MoveProbe;

/// <summary>Where the probe's connections come from.</summary>
internal interface IAcceptor : IAsyncDisposable
{
    int Port { get; }

    Task<ToeConnection> AcceptAsync();
}

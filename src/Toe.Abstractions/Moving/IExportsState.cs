namespace Toe;

/// <summary>On an adapter socket that can give its connection up.</summary>
public interface IExportsState
{
    /// <summary>Stops the connection: it sends nothing and keeps what arrives.</summary>
    /// <param name="cancellationToken">Ends the attempt; the connection then runs on.</param>
    ValueTask<IMoveSource> FreezeAsync(CancellationToken cancellationToken);
}

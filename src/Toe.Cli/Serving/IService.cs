namespace Toe.Cli.Serving;

/// <summary>What a listener does with each client.</summary>
internal interface IService
{
    Task ServeAsync(ToeConnection connection, CancellationToken cancellationToken);
}

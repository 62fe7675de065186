namespace Toe.AspNetCore.Tests.Rows;

/// <summary>A crowd of a site's clients. Disposing it closes their connections.</summary>
public interface ICrowdOfClients : IAsyncDisposable
{
    /// <summary>Returns when each idle connection has been served once more.</summary>
    Task AskAgainAsync();
}

using Toe.WebProbe;

namespace Toe.AspNetCore.Tests.Rows;

/// <summary>A crowd in the test's process, where a fabric is.</summary>
internal sealed class CrowdHere(Crowd crowd) : ICrowdOfClients
{
    public Task AskAgainAsync() => crowd.AskAgainAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => crowd.DisposeAsync();
}

namespace Toe.AspNetCore.Tests.Rows;

/// <summary>A client on the stack.</summary>
internal sealed class StackClient(ToeConnection connection) : ClientConnection
{
    public override Stream Stream => connection.AsStream();

    public override Task FinishAsync() => connection.CompleteSendingAsync(TestContext.Current.CancellationToken).AsTask();

    public override void Reset() => connection.Abort();
}

using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Connections;

/// <summary>A pipe does not hide what befell the adapter.</summary>
public sealed class LostPipeTests
{
    [Fact]
    public async Task LossWithTheAdapter_IsNoPeerThatWentAway()
    {
        var adapter = new ScriptedAdapter("dies");
        await using var bench = StackBench.Create(adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var flushing = connection.AsPipe().Output.WriteAsync(ConnectionPair.TooMuch, TestContext.Current.CancellationToken).AsTask();

        adapter.Announce(AdapterHealth.Failed);

        var lost = await Assert.ThrowsAsync<IOException>(() => ConnectionPair.Soon(flushing));
        Assert.IsType<ToeConnectionLostException>(lost.InnerException);
    }
}

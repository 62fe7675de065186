using Toe.Linux;

namespace Toe.Iwarp.Tests;

/// <summary>What limits connections, of a device that is asked by a test.</summary>
public sealed class IwarpBudgetTests
{
    private static readonly InfinibandDevice Device = new("siw0", 4) { IsUsable = true };

    private readonly List<string> _asked = [];
    private readonly IwarpBudgets _budgets;
    private int? _answer = 100;

    public IwarpBudgetTests() => _budgets = new IwarpBudgets(name =>
    {
        _asked.Add(name);
        return _answer;
    });

    [Fact]
    public void QueuePairs_AreAskedForOnceWhileTheDeviceLives()
    {
        Assert.Equal(100, QueuePairsOf(Device));
        _answer = 200;
        Assert.Equal(100, QueuePairsOf(Device));
        Assert.Equal(["siw0"], _asked);
    }

    [Fact]
    public void DeviceThatWentAndCameBack_IsAskedAgain()
    {
        Assert.Equal(100, QueuePairsOf(Device));
        Assert.Empty(_budgets.Read(null));
        _answer = 200;
        Assert.Equal(200, QueuePairsOf(Device));
        Assert.Empty(_budgets.Read(Device with { IsUsable = false })); // Being taken away.
        _answer = 300;
        Assert.Equal(300, QueuePairsOf(Device));
    }

    [Fact]
    public void AnotherDevice_IsAsked()
    {
        Assert.Equal(100, QueuePairsOf(Device));
        Assert.Equal(100, QueuePairsOf(Device with { Name = "siw1" }));
        Assert.Equal(["siw0", "siw1"], _asked);
    }

    [Fact]
    public void DeviceThatDoesNotAnswer_IsAskedAtTheNextReading()
    {
        _answer = null;
        Assert.Null(QueuePairsOf(Device));
        _answer = 100;
        Assert.Equal(100, QueuePairsOf(Device));
    }

    private long? QueuePairsOf(InfinibandDevice device) => _budgets.Read(device).FirstOrDefault(static budget => budget.Table == "queue pairs")?.Limit;
}

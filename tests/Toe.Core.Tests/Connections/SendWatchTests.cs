using Microsoft.Extensions.Time.Testing;
using Toe.Connections;

namespace Toe.Core.Tests.Connections;

public sealed class SendWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<ToeReason> _told = [];

    [Fact]
    public void PieceThatWaitsTooLong_IsToldOnce()
    {
        using var watch = Make();
        watch.Begin();

        _time.Advance(TimeSpan.FromMinutes(4.9));
        Assert.Empty(_told);
        _time.Advance(TimeSpan.FromMinutes(60));

        Assert.True(Assert.Single(_told).Is(ToeReasons.QualityStalled));
    }

    [Fact]
    public void EachPieceCountsAnew_AndNothingCountsBetweenThem()
    {
        using var watch = Make();
        for (var piece = 0; piece < 10; piece++)
        {
            watch.Begin();
            _time.Advance(TimeSpan.FromMinutes(4));
            watch.End();
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Empty(_told);
    }

    [Fact]
    public void Disposed_TellsNothing()
    {
        var watch = Make();
        watch.Begin();
        watch.Dispose();

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Empty(_told);
    }

    private SendWatch Make() => new(TimeSpan.FromMinutes(5), _time, _told.Add);
}

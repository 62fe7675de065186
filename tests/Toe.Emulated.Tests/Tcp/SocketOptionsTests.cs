using System.Reflection;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Connections share a copy of their options: no difference between two of them may be overlooked.</summary>
public sealed class SocketOptionsTests
{
    public static TheoryData<string> Options => [.. typeof(TcpSocketOptions).GetProperties().Select(option => option.Name)];

    [Theory]
    [MemberData(nameof(Options))]
    public void HasSameValues_SeesEveryOption(string name)
    {
        var (one, other) = (new TcpSocketOptions(), new TcpSocketOptions());
        Assert.True(one.HasSameValues(other));
        var option = typeof(TcpSocketOptions).GetProperty(name, BindingFlags.Public | BindingFlags.Instance)!;
        option.SetValue(other, Different(option.GetValue(other)!));
        Assert.False(one.HasSameValues(other));
    }

    [Fact]
    public void TimesThatMeanForEver_DoNotWrapAround()
    {
        var bench = Bench.Accepted(
            new TcpEngineOptions { FinWait2Timeout = TimeSpan.MaxValue, HalfOpenTimeout = TimeSpan.MaxValue, MaximumSegmentLifetime = TimeSpan.MaxValue },
            new TcpSocketOptions { Timestamps = false, UserTimeout = TimeSpan.MaxValue, ConnectTimeout = TimeSpan.MaxValue, KeepAlive = true, KeepAliveTime = TimeSpan.MaxValue });
        bench.Write(10);
        bench.Elapse(TimeSpan.FromHours(10).TotalMilliseconds);
        Assert.Equal(TcpState.Established, bench.Socket.State);
        bench.Drain();
        bench.Inject(Bench.Ack, 0, 10);
        bench.Close();
        bench.Inject(Bench.Ack, 0, 11);
        bench.Elapse(TimeSpan.FromHours(10).TotalMilliseconds);
        Assert.Equal(TcpState.FinWait2, bench.Socket.State);
        bench.Inject(Bench.Ack | Bench.Fin, 0, 11);
        bench.Elapse(TimeSpan.FromHours(10).TotalMilliseconds);
        Assert.Equal(TcpState.TimeWait, bench.Socket.State);
        Assert.Equal(1, bench.Engine.Statistics.TimeWait);
    }

    private static object Different(object value) => value switch
    {
        bool flag => !flag,
        int number => number + 1,
        byte number => (byte)(number + 1),
        TimeSpan time => time + TimeSpan.FromSeconds(1),
        TcpCongestionControl.Cubic => TcpCongestionControl.Reno,
        TcpPathMtuProbing.AfterBlackHole => TcpPathMtuProbing.Off,
        _ => throw new NotSupportedException($"an option of type {value.GetType()}"),
    };
}

using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.Versioning;
using CsCheck;
using Toe.Testing;

namespace Toe.Linux.Tests.Repair;

/// <summary>What is not moved, and why.</summary>
[SupportedOSPlatform("linux")]
public sealed class RepairRefusalTests
{
    private static readonly TcpConnectionState Sound = new()
    {
        Tuple = new TcpTuple(IPEndPoint.Parse("127.0.0.1:7001"), IPEndPoint.Parse("127.0.0.1:7002")),
        MaximumSegmentSize = 1460,
        State = TcpState.Established,
        SendUnacknowledged = 100,
        SendNext = 100,
        SendWindow = 1000,
        MaximumSendWindow = 1000,
        SendWindowUpdate = 500,
        ReceiveNext = 500,
        ReceiveWindow = 1000,
        ReceiveWindowUpdate = 500,
    };

    public static TheoryData<TcpState> Unmovable => [TcpState.Closed, TcpState.Listen, TcpState.SynSent, TcpState.SynReceived, TcpState.TimeWait, TcpState.DeleteTcb, TcpState.Unknown];

    [Theory]
    [MemberData(nameof(Unmovable))]
    public void States_before_and_after_are_not_taken(TcpState state)
    {
        Needs.Root();
        var refusal = TcpRepair.TryImport(Sound with { State = state }, out var imported);

        Assert.True(refusal.Is(ToeReasons.CapabilityMove), refusal.ToString());
        Assert.Contains(state.ToString(), refusal.Text, StringComparison.Ordinal);
        Assert.Null(imported);
    }

    [Fact]
    public async Task Sockets_before_and_after_are_not_given_up()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await space.IpAsync("route", "add", "10.9.9.0/24", "dev", "lo");
        (await space.RunAsync("nft", "add table inet t; add chain inet t o { type filter hook output priority 0; }; add rule inet t o ip daddr 10.9.9.9 drop")).Good();
        await space.InsideAsync(() =>
        {
            using var closed = New();
            AssertRefused(closed, TcpState.Closed);
            using var listening = New();
            listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listening.Listen();
            AssertRefused(listening, TcpState.Listen);
            using var opening = New();
            opening.Blocking = false;
            Assert.Equal(SocketError.WouldBlock, Assert.Throws<SocketException>(() => opening.Connect(new IPEndPoint(IPAddress.Parse("10.9.9.9"), 9))).SocketErrorCode);
            AssertRefused(opening, TcpState.SynSent);
        });
        var disposed = New();
        disposed.Dispose();
        Assert.True(TcpRepair.TryFreeze(disposed, out _).Is(ToeReasons.CapabilityMove));

        static Socket New() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        static void AssertRefused(Socket socket, TcpState state)
        {
            var refusal = TcpRepair.TryFreeze(socket, out var frozen);
            Assert.True(refusal.Is(ToeReasons.CapabilityMove), refusal.ToString());
            Assert.Contains(state.ToString(), refusal.Text, StringComparison.Ordinal);
            Assert.Null(frozen);
        }
    }

    [Fact]
    public async Task A_reset_connection_is_over()
    {
        await using var pair = await KernelPair.OpenAsync(six: false);
        pair.AllowsResets = true;
        pair.Peer.LingerState = new LingerOption(enable: true, seconds: 0);
        pair.Peer.Dispose();
        await KernelPair.UntilAsync(pair.Subject, TcpState.Closed);

        Assert.True(TcpRepair.TryFreeze(pair.Subject, out _).Is(ToeReasons.CapabilityMove));
    }

    [Fact]
    public async Task EnvironmentPrivilege_without_net_admin()
    {
        await using var pair = await KernelPair.OpenAsync(six: false);
        Assert.True(TcpRepair.Refusal.IsNone);

        var (probed, frozen, imported) = await pair.Here.InsideAsync(() =>
        {
            Capabilities.Drop();
            return (TcpRepair.Probe(), TcpRepair.TryFreeze(pair.Subject, out _), TcpRepair.TryImport(Sound, out _));
        });

        foreach (var refusal in new[] { probed, frozen, imported })
        {
            Assert.True(refusal.Is(ToeReasons.EnvironmentPrivilege), refusal.ToString());
            Assert.Contains("CAP_NET_ADMIN", refusal.Text, StringComparison.Ordinal);
        }

        await pair.TalkAndCloseAsync(); // The failed freeze has undone what it began with.
    }

    [Fact]
    public async Task RouteTupleInUse_while_the_kernel_has_the_connection()
    {
        await using var pair = await KernelPair.OpenAsync(six: false);
        var frozen = pair.Freeze();

        var refusal = await pair.Here.InsideAsync(() => TcpRepair.TryImport(frozen.State, out _));

        Assert.True(refusal.Is(ToeReasons.RouteTupleInUse), refusal.ToString());
        frozen.Thaw();
        await pair.TalkAndCloseAsync();
    }

    [Fact]
    public async Task RouteLocalAddress_where_the_kernel_has_no_such_address()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        var elsewhere = Sound with { Tuple = new TcpTuple(IPEndPoint.Parse("192.0.2.1:7001"), IPEndPoint.Parse("127.0.0.1:7002")) };

        var refusal = await space.InsideAsync(() => TcpRepair.TryImport(elsewhere, out _));

        Assert.True(refusal.Is(ToeReasons.RouteLocalAddress), refusal.ToString());
    }

    public static TheoryData<string> Faults => ["tuple", "family", "segment", "scale", "one scale", "window", "sent", "fin", "update", "peer's update"];

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_state_that_makes_no_sense_is_not_taken(string fault)
    {
        Needs.Root();
        var state = fault switch
        {
            "tuple" => Sound with { Tuple = new TcpTuple(new IPEndPoint(IPAddress.Any, 5), Sound.Tuple.Remote) },
            "family" => Sound with { Tuple = new TcpTuple(new IPEndPoint(IPAddress.IPv6Loopback, 5), Sound.Tuple.Remote) },
            "segment" => Sound with { MaximumSegmentSize = 0 },
            "scale" => Sound with { SendWindowScale = 15, ReceiveWindowScale = 1 },
            "one scale" => Sound with { SendWindowScale = 1 },
            "window" => Sound with { ReceiveWindow = uint.MaxValue },
            "sent" => Sound with { SendNext = 101 },
            "fin" => Sound with { State = TcpState.FinWait2, SendQueue = new byte[1] },
            "update" => Sound with { ReceiveWindowUpdate = 501 },
            _ => Sound with { SendWindowUpdate = 1501 },
        };

        var refusal = TcpRepair.TryImport(state, out _);

        Assert.True(refusal.Is(ToeReasons.InternalContractViolation), refusal.ToString());
    }

    [Fact]
    public async Task Whatever_a_state_says_the_answer_is_one()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        var states = Gen.Select(Gen.UInt, Gen.UInt, Gen.UInt, Gen.UInt, Gen.Int[-5, 70_000], Gen.Byte[0, 16], Gen.Int[0, 300], Gen.Enum<TcpState>()).Select(
            (sequence, window, near, other, segment, scale, queue, state) => Sound with
            {
                State = state,
                SendUnacknowledged = sequence,
                SendNext = sequence + (near % 400),
                SendQueue = new byte[queue],
                ReceiveQueue = new byte[queue / 2],
                ReceiveNext = other,
                ReceiveWindow = near % 3 == 0 ? window : window % 100_000,
                ReceiveWindowUpdate = other - (near % 7),
                SendWindow = window % 100_000,
                MaximumSendWindow = near % 200_000,
                SendWindowUpdate = other - (near % 5),
                MaximumSegmentSize = segment,
                SendWindowScale = scale == 16 ? null : scale,
                ReceiveWindowScale = scale == 16 ? null : scale,
                Timestamps = near % 2 == 0,
                TimestampValue = window,
                SelectiveAcknowledgement = near % 3 == 0,
            });
        await space.InsideAsync(() =>
        {
            var taken = 0;
            states.Sample(
                state =>
                {
                    var refusal = TcpRepair.TryImport(state, out var imported);
                    Assert.Equal(refusal.IsNone, imported is not null);
                    Assert.False(refusal.Is(ToeReasons.CapabilityMove) && RepairCheck.Check(state).IsNone, refusal.ToString());
                    taken += imported is null ? 0 : 1;
                    imported?.Dispose();
                },
                iter: 2000, threads: 1);
            Assert.True(taken > 100, $"{taken} taken");
        });
    }
}

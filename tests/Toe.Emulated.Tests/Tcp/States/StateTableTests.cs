using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp.States;

/// <summary>Every state of RFC 9293 §3.3.2 under every event of §3.10.</summary>
public class StateTableTests
{
    public static TheoryData<TcpState, string> Rows
    {
        get
        {
            var rows = new TheoryData<TcpState, string>();
            foreach (var state in Enum.GetValues<TcpState>())
                foreach (var row in StateTables.Of(state)) rows.Add(state, row.Event);
            return rows;
        }
    }

    [Theory, MemberData(nameof(Rows)), Trait("RFC", "9293 3.10; 5961 3.2, 4.2, 5.2; 1337; 6191")]
    public void Event_InState_DoesWhatTheTableSays(TcpState state, string happening)
    {
        var row = StateTables.Of(state).Single(r => r.Event == happening);
        var bench = StateBench.In(state);
        Assert.Equal(state, bench.State);

        var answer = StateEvents.All[happening](bench);
        bench.Bench.Engine.Advance(bench.Bench.Now);

        var sent = bench.Bench.Drain().Select(s => Describe(bench.Bench, s));
        var told = bench.Bench.Events.Log.Concat(answer is null ? [] : [answer]);
        var seen = new StateRow(row.Event, bench.State, row.Sent == StateRow.Any ? row.Sent : string.Join(", ", sent), string.Join(", ", told));
        Assert.Equal(row, seen);
    }

    [Theory, InlineData(TcpState.Closed), InlineData(TcpState.Listen), InlineData(TcpState.SynSent), InlineData(TcpState.SynReceived),
     InlineData(TcpState.Established), InlineData(TcpState.FinWait1), InlineData(TcpState.FinWait2), InlineData(TcpState.CloseWait),
     InlineData(TcpState.Closing), InlineData(TcpState.LastAck), InlineData(TcpState.TimeWait)]
    public void Table_OfEachState_HasEveryEventOnce(TcpState state) =>
        Assert.Equal(StateEvents.All.Keys.Order(StringComparer.Ordinal), StateTables.Of(state).Select(r => r.Event).Order(StringComparer.Ordinal));

    private static string Describe(Bench bench, TestSegment segment)
    {
        var flags = Letters(segment.Flags);
        var sequence = (int)(segment.Seq - bench.EngineInitial - 1);
        // Not relative to anything: the zero of a RST where nothing is known, and a SYN that chooses the number.
        var isFirst = bench.EngineInitial == 0 && (segment.Flags & Bench.Syn) != 0;
        var text = $"{flags} {(segment.Seq == 0 ? "zero" : isFirst ? "ISS" : $"{sequence}")}";
        if ((segment.Flags & Bench.Ack) != 0) text += $" {(int)(segment.AckNumber - Bench.PeerInitial - 1)}";
        return segment.Payload.Length > 0 ? $"{text} +{segment.Payload.Length}" : text;
    }

    private static string Letters(byte flags) => string.Concat(
        (flags & Bench.Syn) != 0 ? "S" : "", (flags & Bench.Fin) != 0 ? "F" : "", (flags & Bench.Rst) != 0 ? "R" : "", (flags & Bench.Ack) != 0 ? "A" : "");
}

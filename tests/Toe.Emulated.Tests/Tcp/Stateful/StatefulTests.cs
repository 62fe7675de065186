using CsCheck;
using Toe.Testing;

namespace Toe.Emulated.Tests.Tcp.Stateful;

/// <summary>A hostile peer and an erratic application at once (RFC 9293 §3.10): see <see cref="StatefulRun"/> for what must hold. CsCheck prints the seed.</summary>
public sealed class StatefulTests
{
    [Fact, Trait("RFC", "9293 3.10, MUST-34, SHLD-14; 7323 2.4")]
    public void AnySequenceOfSegmentsTimesAndCalls_KeepsTheInvariants() =>
        Gen.Byte.Array[0, 600].Sample(static bytes =>
        {
            var run = StatefulRun.Play(bytes);
            Assert.Equal(0, run.Engine.Buffers.Used);
        }, iter: Fuzzing.Inputs(10_000), threads: 1, print: static bytes => Convert.ToHexString(bytes));
}

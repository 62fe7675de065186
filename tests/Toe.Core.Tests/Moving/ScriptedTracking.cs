using System.Collections.Concurrent;
using Toe.Moving;

namespace Toe.Core.Tests.Moving;

/// <summary>A connection tracking that does what a test says.</summary>
internal sealed class ScriptedTracking : IConnectionTracking
{
    public ToeReason Answer { get; set; }

    public ConcurrentQueue<TcpTuple> Followed { get; } = new();

    public ConcurrentQueue<TcpTuple> Ended { get; } = new();

    public ToeReason Follow(TcpTuple tuple)
    {
        Followed.Enqueue(tuple);
        return Answer;
    }

    public void End(TcpTuple tuple) => Ended.Enqueue(tuple);
}

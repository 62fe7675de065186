using System.Net;
using Toe.Emulated.Tcp;
using Toe.Emulated.Wire;
using Toe.Linux;

namespace Toe.Emulated;

/// <summary>The card's processors: loops with an engine and a link each. A flow is one loop's by its name, so nobody looks it up and packets meet no lock.</summary>
internal sealed class CardShards : IDisposable
{
    private readonly CardLoop[] _loops;
    private readonly FlowSharding _sharding;
    private uint _next;
    private int _disposed;

    /// <summary>Makes loops that do not run yet: what they call belongs to a card that must be whole.</summary>
    /// <param name="sharding">How many there are, and which has a flow.</param>
    /// <param name="create">Makes the loop with that number.</param>
    public CardShards(FlowSharding sharding, Func<int, CardLoop> create)
    {
        _sharding = sharding;
        _loops = new CardLoop[sharding.Count];
        for (var index = 0; index < _loops.Length; index++)
            _loops[index] = create(index);
    }

    public IReadOnlyList<CardLoop> Loops => _loops;

    /// <summary>The loop of a connection.</summary>
    public CardLoop Of(IPEndPoint local, IPEndPoint remote) => _loops[_sharding.Of(FourTuple.Of(local, remote))];

    /// <summary>The loop of a connection whose local port its engine picks, so that the flow is that loop's: they take turns.</summary>
    public CardLoop Next() => _loops[Interlocked.Increment(ref _next) % (uint)_loops.Length];

    /// <summary>Starts all loops, or, when one cannot run, none.</summary>
    /// <exception cref="LinuxException">A loop cannot be bound to its processor.</exception>
    public void Start()
    {
        try
        {
            foreach (var loop in _loops)
                loop.Start();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Stops or resumes processing.</summary>
    /// <param name="halted">True to stop.</param>
    public void SetHalted(bool halted)
    {
        foreach (var loop in _loops)
            loop.SetHalted(halted);
    }

    /// <summary>Forgets every connection in silence. Comes back when the old engines have had their last turn; the one whose turn it is now does not
    /// wait for itself, since the caller may block.</summary>
    public Task ResetAsync() => Task.WhenAll(_loops.Select(static loop =>
    {
        var reset = loop.ResetAsync();
        return loop.IsCurrent ? Task.CompletedTask : reset;
    }));

    /// <summary>Comes back when every loop has answered.</summary>
    public Task AnswerAsync() => Task.WhenAll(_loops.Select(static loop => loop.InvokeAsync(static _ => true)));

    public void Dispose()
    {
        // Once: two loops that both dispose the card would wait for each other's end.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        foreach (var loop in _loops)
            loop.Stop();
        foreach (var loop in _loops)
            loop.Join();
        // Only now: a fabric's first link claims for all.
        foreach (var loop in _loops)
            loop.Dispose();
    }
}

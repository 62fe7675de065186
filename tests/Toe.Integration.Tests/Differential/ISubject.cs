using Toe.Emulated.Tests.Tcp;

namespace Toe.Integration.Tests.Differential;

/// <summary>A TCP that a script plays against: packets of a peer, and calls of an application. One connection at a time.</summary>
internal interface ISubject
{
    /// <summary>Its address is <see cref="TapBench.KernelAddress"/>; the peer's is <see cref="TapBench.EngineAddress"/>.</summary>
    /// <returns>The port it listens on.</returns>
    int Listen();

    /// <summary>Begins an active open.</summary>
    /// <returns>The local port.</returns>
    int Connect(int peerPort);

    /// <summary>What became of the connect: connected, refused, pending.</summary>
    string Outcome();

    void Inject(TestSegment segment);

    /// <summary>All that it has sent since, when it has nothing more to say for now.</summary>
    IReadOnlyList<TestSegment> Answers();

    void Send(int count);

    /// <summary>Reads until there is no more.</summary>
    /// <returns>The bytes, and what ended them: nothing, the end of the stream, a reset.</returns>
    string Receive();

    void CompleteSending();

    void Close();

    /// <summary>Forgets connection and listener before the next script.</summary>
    void Reset();
}

using System.Buffers;

namespace Toe;

/// <summary>On an adapter socket whose buffers can be used in place. Same threads and order as the copying data calls.</summary>
public interface ILendsBuffers
{
    /// <summary>Shows received bytes without taking them; valid until <see cref="Consume"/>.</summary>
    /// <param name="data">The bytes.</param>
    /// <returns>False when there are none.</returns>
    bool TryPeek(out ReadOnlySequence<byte> data);

    /// <summary>Takes bytes that were shown.</summary>
    /// <param name="bytes">How many.</param>
    void Consume(long bytes);

    /// <summary>Room in the send buffer, valid until <see cref="CommitSend"/>.</summary>
    /// <param name="hint">Wanted bytes.</param>
    /// <returns>What there is; may be less than wanted, or empty.</returns>
    Memory<byte> GetSendMemory(int hint);

    /// <summary>Sends the first bytes of the room.</summary>
    /// <param name="bytes">How many.</param>
    void CommitSend(int bytes);
}

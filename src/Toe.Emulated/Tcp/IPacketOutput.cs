namespace Toe.Emulated.Tcp;

/// <summary>Where an engine's IP packets go.</summary>
public interface IPacketOutput
{
    /// <summary>Takes one packet. Called on the engine's owner thread.</summary>
    /// <param name="ipPacket">A complete IPv4 or IPv6 packet with its checksums filled in. Valid only during the call: copy what
    /// is to be kept. A packet may be dropped; TCP recovers from it as from any loss.</param>
    /// <remarks>Must not call back into the engine, and must not throw.</remarks>
    void Send(ReadOnlySpan<byte> ipPacket);
}

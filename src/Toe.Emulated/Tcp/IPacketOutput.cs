namespace Toe.Emulated.Tcp;

/// <summary>Where an engine's IP packets go.</summary>
public interface IPacketOutput
{
    /// <summary>Takes one packet. Called on the engine's owner thread.</summary>
    /// <param name="packet">A complete IPv4 or IPv6 packet; its checksum is filled in and it is no larger than the MTU, unless
    /// <see cref="TcpEngineOptions.ChecksumOffload"/> and <see cref="TcpEngineOptions.SegmentationLimit"/> leave that to the receiver.
    /// Valid only during the call: copy what is to be kept. A packet may be dropped; TCP recovers from it as from any loss.</param>
    /// <remarks>Must not call back into the engine, and must not throw.</remarks>
    void Send(in OutgoingPacket packet);
}

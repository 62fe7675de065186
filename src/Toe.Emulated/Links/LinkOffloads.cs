namespace Toe.Emulated.Links;

/// <summary>What a link or its device does for the engine.</summary>
/// <param name="Checksum">It makes TCP checksums, and tells of those that need no look.</param>
/// <param name="MaximumPacket">
/// The largest IP packet it takes and gives, in bytes. Above the MTU it cuts what is sent into segments, and gives several that arrived as
/// one.
/// </param>
public readonly record struct LinkOffloads(bool Checksum, int MaximumPacket)
{
    /// <summary>Nothing: packets of at most the MTU, with their checksums.</summary>
    /// <param name="mtu">The link's MTU.</param>
    public static LinkOffloads None(int mtu) => new(false, mtu);
}

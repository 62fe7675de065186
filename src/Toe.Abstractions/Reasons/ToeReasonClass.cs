namespace Toe;

/// <summary>The high octet of a reason's code.</summary>
public enum ToeReasonClass
{
    /// <summary>No reason.</summary>
    None = 0x00,

    /// <summary>A rule, a mode or a conflict of modes.</summary>
    Policy = 0x01,

    /// <summary>The adapter cannot do what was asked.</summary>
    Capability = 0x02,

    /// <summary>The adapter does not reach the peer.</summary>
    Route = 0x03,

    /// <summary>A finite table is full; one reason a table.</summary>
    Resource = 0x04,

    /// <summary>Firmware, driver, contract or assembly version.</summary>
    Version = 0x05,

    /// <summary>The adapter is not well, or is not trusted for now.</summary>
    Health = 0x06,

    /// <summary>The connection would gain nothing, or loses.</summary>
    Quality = 0x07,

    /// <summary>The peer's or the network's answer.</summary>
    Peer = 0x08,

    /// <summary>A person asked for it.</summary>
    Operator = 0x09,

    /// <summary>Operating system, privileges, modules, packet filter.</summary>
    Environment = 0x0A,

    /// <summary>A fault of a provider or of the stack.</summary>
    Internal = 0x0F,
}

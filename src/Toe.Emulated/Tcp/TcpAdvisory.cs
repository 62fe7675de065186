namespace Toe.Emulated.Tcp;

/// <summary>What a connection that goes on may tell its application by the way: RFC 9293 §3.8.3, §3.8.5, §3.9.1.8.</summary>
[Flags]
public enum TcpAdvisory
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>R1: the same segment was sent again for the third time, and nothing came back. Once for each such silence (MUST-20, SHLD-9, SHLD-10).</summary>
    DeliveryInDoubt = 1,

    /// <summary>ICMP reported an error that does not end the connection; <see cref="TcpSocketInfo.SoftError"/> says which (SHLD-25).</summary>
    SoftError = 2,

    /// <summary>More urgent data is under way or has come; <see cref="TcpSocketInfo.UrgentMark"/> says how far it reaches (MUST-32).</summary>
    Urgent = 4,
}

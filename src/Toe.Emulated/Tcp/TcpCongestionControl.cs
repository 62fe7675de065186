namespace Toe.Emulated.Tcp;

/// <summary>The congestion controls that the engine has.</summary>
public enum TcpCongestionControl
{
    /// <summary>CUBIC (RFC 9438), which Linux, Windows and macOS use.</summary>
    Cubic,

    /// <summary>The AIMD of RFC 5681.</summary>
    Reno,
}

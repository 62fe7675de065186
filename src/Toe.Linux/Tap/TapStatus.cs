namespace Toe.Linux;

/// <summary>How a read or write of a frame ended. Conditions of the network are values, not exceptions.</summary>
public enum TapStatus
{
    /// <summary>One frame moved.</summary>
    Done,

    /// <summary>Nothing to read, or no room to write (EAGAIN, ENOBUFS).</summary>
    WouldBlock,

    /// <summary>The interface is set down; the frame was not taken (EIO, ENETDOWN).</summary>
    Down,

    /// <summary>The interface is gone for good (EBADFD, ENODEV, or the device was disposed). Only a new device helps.</summary>
    Removed,

    /// <summary>The kernel refused the frame (EINVAL, for example shorter than an Ethernet header).</summary>
    Refused,
}

namespace Toe;

/// <summary>A direction that can become ready for a data call, or end.</summary>
[Flags]
public enum Readiness
{
    /// <summary>No direction.</summary>
    None = 0,

    /// <summary>A receive would not answer <see cref="IoStatus.WouldBlock"/>: data, end of stream, reset or failure.</summary>
    Receive = 1,

    /// <summary>A send would not answer <see cref="IoStatus.WouldBlock"/>: room, reset or failure.</summary>
    Send = 2,
}

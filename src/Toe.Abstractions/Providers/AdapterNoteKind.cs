namespace Toe;

/// <summary>What an adapter's note is about.</summary>
public enum AdapterNoteKind
{
    /// <summary>A known fault of the firmware or driver that is in use.</summary>
    Advisory,

    /// <summary>A setting that somebody changed, and what it does.</summary>
    Setting,

    /// <summary>Something that could not be read, and what is not known without it.</summary>
    Unread,

    /// <summary>Something that is set otherwise than the SDK was told.</summary>
    Contradiction,
}

namespace Toe.Linux.Recording;

/// <summary>What a recorded place is.</summary>
internal enum RecordedKind
{
    /// <summary>A file without addresses: numbers with dots are versions.</summary>
    File,

    /// <summary>A file with addresses in its text.</summary>
    Addresses,

    /// <summary>A file whose content does not matter, only that it is there.</summary>
    Presence,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A directory; only that it is there.</summary>
    Directory,
}

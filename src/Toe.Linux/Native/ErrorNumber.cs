namespace Toe.Linux;

/// <summary>The error numbers this assembly decides on. Source: asm-generic/errno-base.h and asm-generic/errno.h.</summary>
internal static class ErrorNumber
{
    internal const int NotPermitted = 1;            // EPERM
    internal const int NoEntry = 2;                 // ENOENT
    internal const int Interrupted = 4;             // EINTR
    internal const int InputOutput = 5;             // EIO
    internal const int NoSuchDeviceOrAddress = 6;   // ENXIO
    internal const int BadDescriptor = 9;           // EBADF
    internal const int TryAgain = 11;               // EAGAIN
    internal const int AccessDenied = 13;           // EACCES
    internal const int Busy = 16;                   // EBUSY
    internal const int NoDevice = 19;               // ENODEV
    internal const int InvalidArgument = 22;        // EINVAL
    internal const int BadMessage = 74;             // EBADMSG
    internal const int BadDescriptorState = 77;     // EBADFD
    internal const int NotSupported = 95;           // EOPNOTSUPP
    internal const int NetworkDown = 100;           // ENETDOWN
    internal const int NetworkUnreachable = 101;    // ENETUNREACH
    internal const int NoBufferSpace = 105;         // ENOBUFS
    internal const int TimedOut = 110;              // ETIMEDOUT
    internal const int HostUnreachable = 113;       // EHOSTUNREACH

    /// <summary>The symbol of an error number as the manual pages print it, or <c>errno N</c>.</summary>
    internal static string Name(int number) => number switch
    {
        NotPermitted => "EPERM",
        NoEntry => "ENOENT",
        Interrupted => "EINTR",
        InputOutput => "EIO",
        NoSuchDeviceOrAddress => "ENXIO",
        BadDescriptor => "EBADF",
        TryAgain => "EAGAIN",
        12 => "ENOMEM",
        AccessDenied => "EACCES",
        Busy => "EBUSY",
        17 => "EEXIST",
        NoDevice => "ENODEV",
        InvalidArgument => "EINVAL",
        23 => "ENFILE",
        24 => "EMFILE",
        BadMessage => "EBADMSG",
        BadDescriptorState => "EBADFD",
        90 => "EMSGSIZE",
        NotSupported => "EOPNOTSUPP",
        97 => "EAFNOSUPPORT",
        NetworkDown => "ENETDOWN",
        NetworkUnreachable => "ENETUNREACH",
        NoBufferSpace => "ENOBUFS",
        TimedOut => "ETIMEDOUT",
        HostUnreachable => "EHOSTUNREACH",
        _ => "errno " + number.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}

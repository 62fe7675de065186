using System.Collections.Frozen;

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
    internal const int NoMemory = 12;               // ENOMEM
    internal const int AccessDenied = 13;           // EACCES
    internal const int Busy = 16;                   // EBUSY
    internal const int NoDevice = 19;               // ENODEV
    internal const int NotDirectory = 20;           // ENOTDIR
    internal const int IsDirectory = 21;            // EISDIR
    internal const int InvalidArgument = 22;        // EINVAL
    internal const int FileTooBig = 27;             // EFBIG
    internal const int BrokenPipe = 32;             // EPIPE
    internal const int NameTooLong = 36;            // ENAMETOOLONG
    internal const int TooManyLinks = 40;           // ELOOP
    internal const int Protocol = 71;               // EPROTO
    internal const int BadMessage = 74;             // EBADMSG
    internal const int BadDescriptorState = 77;     // EBADFD
    internal const int NoProtocolOption = 92;       // ENOPROTOOPT
    internal const int ProtocolNotSupported = 93;   // EPROTONOSUPPORT
    internal const int NotSupported = 95;           // EOPNOTSUPP
    internal const int AddressInUse = 98;           // EADDRINUSE
    internal const int AddressNotAvailable = 99;    // EADDRNOTAVAIL
    internal const int NetworkDown = 100;           // ENETDOWN
    internal const int NetworkUnreachable = 101;    // ENETUNREACH
    internal const int ConnectionReset = 104;       // ECONNRESET
    internal const int NoBufferSpace = 105;         // ENOBUFS
    internal const int NotConnected = 107;          // ENOTCONN
    internal const int TimedOut = 110;              // ETIMEDOUT
    internal const int ConnectionRefused = 111;     // ECONNREFUSED
    internal const int HostUnreachable = 113;       // EHOSTUNREACH
    internal const int InProgress = 115;            // EINPROGRESS
    internal const int Cancelled = 125;             // ECANCELED

    private static readonly FrozenDictionary<int, string> Names = new Dictionary<int, string>
    {
        [1] = "EPERM",
        [2] = "ENOENT",
        [3] = "ESRCH",
        [4] = "EINTR",
        [5] = "EIO",
        [6] = "ENXIO",
        [7] = "E2BIG",
        [9] = "EBADF",
        [11] = "EAGAIN",
        [12] = "ENOMEM",
        [13] = "EACCES",
        [16] = "EBUSY",
        [17] = "EEXIST",
        [19] = "ENODEV",
        [20] = "ENOTDIR",
        [21] = "EISDIR",
        [22] = "EINVAL",
        [23] = "ENFILE",
        [24] = "EMFILE",
        [27] = "EFBIG",
        [28] = "ENOSPC",
        [32] = "EPIPE",
        [36] = "ENAMETOOLONG",
        [40] = "ELOOP",
        [61] = "ENODATA",
        [71] = "EPROTO",
        [74] = "EBADMSG",
        [77] = "EBADFD",
        [90] = "EMSGSIZE",
        [92] = "ENOPROTOOPT",
        [93] = "EPROTONOSUPPORT",
        [95] = "EOPNOTSUPP",
        [97] = "EAFNOSUPPORT",
        [98] = "EADDRINUSE",
        [99] = "EADDRNOTAVAIL",
        [100] = "ENETDOWN",
        [101] = "ENETUNREACH",
        [103] = "ECONNABORTED",
        [104] = "ECONNRESET",
        [105] = "ENOBUFS",
        [107] = "ENOTCONN",
        [110] = "ETIMEDOUT",
        [111] = "ECONNREFUSED",
        [113] = "EHOSTUNREACH",
        [115] = "EINPROGRESS",
        [125] = "ECANCELED",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, int> Numbers = Names.ToFrozenDictionary(static pair => pair.Value, static pair => pair.Key, StringComparer.Ordinal);

    /// <summary>The symbol of an error number as the manual pages print it, or <c>errno N</c>.</summary>
    internal static string Name(int number) =>
        Names.TryGetValue(number, out var name) ? name : "errno " + number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The number of a symbol.</summary>
    internal static bool TryParse(string name, out int number) => Numbers.TryGetValue(name, out number);
}

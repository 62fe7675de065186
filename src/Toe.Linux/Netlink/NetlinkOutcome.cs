namespace Toe.Linux;

/// <summary>How the kernel answered a request.</summary>
/// <param name="ErrorNumber">0, or the positive error number.</param>
/// <param name="Text">The kernel's extended acknowledgement (NLMSGERR_ATTR_MSG), where it gave one.</param>
internal readonly record struct NetlinkOutcome(int ErrorNumber, string? Text)
{
    internal string Reason => LinuxException.Describe(ErrorNumber) + (Text is null ? "" : ": " + Text);
}

using Microsoft.Extensions.Logging;
using Toe.Emulated.Links;

namespace Toe.Emulated;

/// <summary>Captures a link to the file its options name.</summary>
internal static class CaptureFile
{
    /// <summary>Wraps the link; a file that cannot be made is reported, and the link goes without.</summary>
    public static ILink Wrap(ILink link, int index, EmulatedLinkOptions options, IProviderHost host)
    {
        if (options.CapturePath is not { } first)
            return link;
        var path = index == 0 ? first : Path.ChangeExtension(first, FormattableString.Invariant($"{index}{Path.GetExtension(first)}"));
        var logger = host.Logging.CreateLogger<EmulatedProvider>();
        try
        {
            var capturing = new CapturingLink(link, Create(path), options.CaptureLimit, host.Time);
            capturing.Ended += (state, failure) => Log.CaptureEnded(logger, options.Device, path, state, failure?.Message ?? "the limit is reached");
            return capturing;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Log.NotCaptured(logger, options.Device, path, exception.Message);
            return link;
        }
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // What connections carry is nobody else's business.
        return new FileStream(path, options);
    }
}

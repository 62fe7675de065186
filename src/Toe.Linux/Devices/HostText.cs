using System.Globalization;
using System.Text;

namespace Toe.Linux;

/// <summary>Reads a host's files as text.</summary>
public static class HostText
{
    /// <summary>Reads a file as text. Octets that are no UTF-8 become U+FFFD; zeros and white space at the end are taken off.</summary>
    /// <param name="host">The host.</param>
    /// <param name="path">The absolute path.</param>
    /// <param name="limit">The most bytes that are taken.</param>
    public static HostAnswer<string> ReadText(this ILinuxHost host, string path, int limit = HostLimits.File)
    {
        ArgumentNullException.ThrowIfNull(host);
        var answer = host.ReadFile(path, limit);
        return answer.IsFound
            ? HostAnswers.Found(Encoding.UTF8.GetString(answer.Value).TrimEnd('\0', ' ', '\t', '\r', '\n'))
            : HostAnswers.Failed<string>(answer.ErrorNumber, answer.Text);
    }

    /// <summary>Reads a file that holds one decimal number.</summary>
    /// <param name="host">The host.</param>
    /// <param name="path">The absolute path.</param>
    /// <returns>The number; null when the file cannot be read or holds something else.</returns>
    public static long? ReadNumber(this ILinuxHost host, string path) =>
        long.TryParse(host.ReadText(path).Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Reads a file that holds one hexadecimal number, with or without <c>0x</c>, of at most eight digits.</summary>
    /// <param name="host">The host.</param>
    /// <param name="path">The absolute path.</param>
    /// <returns>The number; null when the file cannot be read or holds something else.</returns>
    public static uint? ReadHexadecimal(this ILinuxHost host, string path)
    {
        var text = host.ReadText(path).Value.AsSpan();
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            text = text[2..];
        return uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>The last component of where a link points, such as the name of the driver behind <c>driver</c>.</summary>
    /// <param name="host">The host.</param>
    /// <param name="path">The absolute path of the link.</param>
    /// <returns>The name; null when there is no such link.</returns>
    public static string? ReadLinkName(this ILinuxHost host, string path)
    {
        ArgumentNullException.ThrowIfNull(host);
        var target = host.ReadLink(path).Value?.TrimEnd('/');
        return string.IsNullOrEmpty(target) ? null : target[(target.LastIndexOf('/') + 1)..];
    }
}

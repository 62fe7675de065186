using System.Globalization;
using System.Net;

namespace Toe.Cli;

/// <summary>Reads <c>HOST:PORT</c>, <c>ADDRESS:PORT</c> and <c>[ADDRESS]:PORT</c>.</summary>
internal static class EndpointArgument
{
    public static EndPoint ParseRemote(string text)
    {
        if (IPEndPoint.TryParse(text, out var endpoint) && HasPort(text))
            return endpoint;
        var colon = text.LastIndexOf(':');
        if (colon > 0 && text.IndexOf(':', StringComparison.Ordinal) == colon && TryPort(text[(colon + 1)..], out var port) && port > 0)
            return new DnsEndPoint(text[..colon], port);
        throw new UsageException($"'{text}' is not HOST:PORT.");
    }

    /// <summary>An address alone will do, where the port does not matter.</summary>
    public static IPEndPoint ParseAddress(string text) =>
        text.AsSpan().IndexOfAny('[', '.', ':') >= 0 && !HasPort(text) && IPAddress.TryParse(text, out var address) ? new IPEndPoint(address, 0) : ParseLocal(text);

    public static IPEndPoint ParseLocal(string text) => IPEndPoint.TryParse(text, out var endpoint) && HasPort(text)
        ? endpoint
        : throw new UsageException($"'{text}' is not ADDRESS:PORT.");

    /// <summary>An IPv6 address without brackets would take its last group for a port.</summary>
    private static bool HasPort(string text) => text.StartsWith('[')
        ? text.Contains("]:", StringComparison.Ordinal)
        : text.Count(character => character == ':') == 1;

    private static bool TryPort(string text, out ushort port) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}

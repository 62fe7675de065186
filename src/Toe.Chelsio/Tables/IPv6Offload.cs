namespace Toe.Chelsio.Tables;

/// <summary><c>/proc/net/offload/ipv6_offload</c>: <c>ipv6 offload support = enabled</c> or <c>disabled</c>. Source: Unified Wire 3.14.0.3, toecore/toedev.c.</summary>
internal static class IPv6Offload
{
    /// <summary>Reads the file; null when it says neither.</summary>
    public static bool? Parse(ReadOnlySpan<char> text)
    {
        var line = new Line(text);
        if (!line.Skip("ipv6 offload support") || !line.Skip("="))
            return null;
        return line.Rest.Trim() switch { "enabled" => true, "disabled" => false, _ => null };
    }
}

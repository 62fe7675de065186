using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Toe.Linux.Recording;

/// <summary>Replaces addresses, with and without a prefix length, hardware addresses and the machine's name in text.</summary>
internal sealed partial class TextScrubber(AddressScrubber addresses, string? machine)
{
    private const string Replacement = "host";

    /// <summary>In text whose numbers with dots are addresses, not versions.</summary>
    public string Scrub(string text)
    {
        text = Hardware().Replace(text, match => ScrubHardware(match.Value));
        text = IPv6().Replace(text, match => ScrubAddress(match.Value));
        text = IPv4().Replace(text, match => ScrubAddress(match.Value));
        return ScrubName(text);
    }

    /// <summary>Only the machine's name.</summary>
    public string ScrubName(string text) =>
        machine is { Length: > 2 } && machine != "localhost" ? text.Replace(machine, Replacement, StringComparison.OrdinalIgnoreCase) : text;

    private string ScrubAddress(string text)
    {
        // "2001:db8::1: gone" has a colon behind the address.
        if (text is [.., not ':', ':'])
            return ScrubAddress(text[..^1]) + ':';
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var bits = 128;
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address)
            || (slash >= 0 && !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits)))
            return text;
        if (slash < 0 && address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [255, 255, ..])
            return text; // A mask.
        return slash < 0 ? addresses.Scrub(address).ToString() : string.Create(CultureInfo.InvariantCulture, $"{addresses.Scrub(address, bits)}/{bits}");
    }

    private string ScrubHardware(string text)
    {
        var octets = Convert.FromHexString(text.Replace(":", "", StringComparison.Ordinal));
        addresses.ScrubHardware(octets);
        return string.Join(':', octets.Select(static octet => octet.ToString("x2", CultureInfo.InvariantCulture)));
    }

    /// <summary>Six octets, or as many as InfiniBand has (20).</summary>
    [GeneratedRegex(@"(?<![0-9a-fA-F:])[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5,31}(?![0-9a-fA-F])", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Hardware();

    [GeneratedRegex(@"(?<![0-9.])[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?(?!\.?[0-9])", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex IPv4();

    [GeneratedRegex(@"(?<![0-9a-zA-Z.])(?=[0-9a-fA-F]*:[0-9a-fA-F]*:)[0-9a-fA-F:]{2,39}(/[0-9]{1,3})?(?![0-9a-zA-Z:]|\.[0-9])", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex IPv6();
}

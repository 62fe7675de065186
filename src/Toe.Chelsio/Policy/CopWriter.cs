using System.Globalization;
using System.Text;

namespace Toe.Chelsio.Policy;

/// <summary>Writes the policy under which exactly the sockets that this provider steers are offloaded. Only typed values go into it.</summary>
internal static class CopWriter
{
    /// <summary>Writes the text; null when the options steer nothing, since then there is no policy to write.</summary>
    public static string? Write(ChelsioOptions options)
    {
        if (options.Mark is null && options.Dscp is null)
            return null;
        var text = new StringBuilder("# Toe.Sdk: only the sockets that it steers are offloaded\n");
        foreach (var one in options.HostOnly)
            text.Append(CultureInfo.InvariantCulture, $"{Filter(one)} => !offload\n");
        if (options.Mark is { } mark)
        {
            text.Append(CultureInfo.InvariantCulture, $"mark {mark} => offload\n"); // A SYN's is its listener's.
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"aopen && dscp {options.Dscp} => offload\n");
            text.Append(CultureInfo.InvariantCulture, $"listen && dscp {options.Dscp} => offload\n");
            text.Append("popen => offload\n"); // The class of a SYN is the peer's; only steered listeners have SYNs here.
        }

        return text.Append("all => !offload\n").ToString();
    }

    private static string Filter(ChelsioHostOnly one)
    {
        var network = one.Network is { } prefix ? $"src or dst net {prefix}" : null;
        var ports = one.FirstPort is not { } first ? null
            : one.LastPort is { } last && last != first ? string.Create(CultureInfo.InvariantCulture, $"src or dst portrange {first}-{last}")
            : string.Create(CultureInfo.InvariantCulture, $"src or dst port {first}");
        return network is not null && ports is not null ? $"({network}) && ({ports})" : network ?? ports ?? "all";
    }
}

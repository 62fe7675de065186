using System.Runtime.InteropServices;
using System.Text;

namespace Toe.Linux;

/// <summary>What a driver says about itself and its firmware (ETHTOOL_GDRVINFO, <c>struct ethtool_drvinfo</c>). Source: linux/ethtool.h.</summary>
/// <param name="Driver">The driver's name.</param>
/// <param name="Version">The driver's version; the kernel's release for drivers that have none of their own.</param>
/// <param name="Firmware">The firmware's version in the driver's own words; empty when it gives none.</param>
/// <param name="Bus">Where the device sits, such as a PCI address.</param>
/// <param name="ExpansionRom">The version of the expansion ROM; empty when it gives none.</param>
public sealed record EthtoolDriver(string Driver, string Version, string Firmware, string Bus, string ExpansionRom)
{
    private const int Command = 3;              // ETHTOOL_GDRVINFO
    private const int Size = 196;               // sizeof(struct ethtool_drvinfo)
    private const int FieldSize = 32;           // ETHTOOL_FWVERS_LEN, ETHTOOL_BUSINFO_LEN, ETHTOOL_EROMVERS_LEN

    /// <summary>Asks an interface's driver.</summary>
    /// <param name="host">The host.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <returns>The answer; EOPNOTSUPP from a driver that says nothing, ENODEV where there is no such interface.</returns>
    public static HostAnswer<EthtoolDriver> Read(ILinuxHost host, string interfaceName)
    {
        ArgumentNullException.ThrowIfNull(host);
        var answer = host.Ethtool(interfaceName, Request());
        return answer.IsFound
            ? HostAnswers.Found(new EthtoolDriver(Field(answer.Value, 0), Field(answer.Value, 1), Field(answer.Value, 2), Field(answer.Value, 3), Field(answer.Value, 4)))
            : HostAnswers.Failed<EthtoolDriver>(answer.ErrorNumber, answer.Text);
    }

    internal static byte[] Request()
    {
        var request = new byte[Size];
        MemoryMarshal.Write(request, Command);
        return request;
    }

    private static string Field(ReadOnlySpan<byte> structure, int index)
    {
        var field = structure.Slice(sizeof(int) + (index * FieldSize), FieldSize);
        var end = field.IndexOf((byte)0);
        // The kernel ends what it takes from devlink with a space (net/devlink/dev.c, devlink_compat_running_version).
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]).TrimEnd(' ');
    }
}

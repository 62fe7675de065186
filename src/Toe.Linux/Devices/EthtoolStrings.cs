using System.Runtime.InteropServices;
using System.Text;

namespace Toe.Linux;

/// <summary>The driver's features and statistics by their names. Source: linux/ethtool.h.</summary>
public static class EthtoolStrings
{
    private const int GetStringSetInfo = 0x37;      // ETHTOOL_GSSET_INFO
    private const int GetStrings = 0x1b;            // ETHTOOL_GSTRINGS
    private const int GetStatistics = 0x1d;         // ETHTOOL_GSTATS
    private const int GetFeatures = 0x3a;           // ETHTOOL_GFEATURES
    private const int SetOfStatistics = 1;          // ETH_SS_STATS
    private const int SetOfFeatures = 4;            // ETH_SS_FEATURES
    private const int NameSize = 32;                // ETH_GSTRING_LEN
    private const int MostNames = 16_384;

    // A kernel that sees another number than it was asked for answers with none, an older one with as many as there are.
    private const string Changed = "the driver changed what it has meanwhile";

    /// <summary>The driver's own counters. Names are trimmed: some drivers pad them.</summary>
    /// <param name="host">The host.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <returns>The counters; of two with one name the first counts. EAGAIN when the driver got more or fewer of them while it was asked.</returns>
    public static HostAnswer<IReadOnlyDictionary<string, ulong>> ReadStatistics(ILinuxHost host, string interfaceName)
    {
        ArgumentNullException.ThrowIfNull(host);
        var names = ReadNames(host, interfaceName, SetOfStatistics);
        if (!names.IsFound)
            return HostAnswers.Failed<IReadOnlyDictionary<string, ulong>>(names.ErrorNumber, names.Text);
        var request = new byte[8 + (names.Value.Count * sizeof(ulong))];
        Write(request, 0, GetStatistics);
        Write(request, 1, names.Value.Count);
        var answer = host.Ethtool(interfaceName, request);
        if (!answer.IsFound)
            return HostAnswers.Failed<IReadOnlyDictionary<string, ulong>>(answer.ErrorNumber, answer.Text);
        if (Read(answer.Value, 1) != names.Value.Count)
            return HostAnswers.Failed<IReadOnlyDictionary<string, ulong>>(ErrorNumber.TryAgain, Changed);
        var values = MemoryMarshal.Cast<byte, ulong>(answer.Value.AsSpan(8));
        var statistics = new Dictionary<string, ulong>(StringComparer.Ordinal);
        for (var i = 0; i < names.Value.Count; i++)
            statistics.TryAdd(names.Value[i], values[i]);
        return HostAnswers.Found<IReadOnlyDictionary<string, ulong>>(statistics);
    }

    /// <summary>The features that are on, by the kernel's names for them, such as <c>tls-hw-record</c>.</summary>
    /// <param name="host">The host.</param>
    /// <param name="interfaceName">The interface.</param>
    public static HostAnswer<IReadOnlySet<string>> ReadActiveFeatures(ILinuxHost host, string interfaceName)
    {
        ArgumentNullException.ThrowIfNull(host);
        var names = ReadNames(host, interfaceName, SetOfFeatures);
        if (!names.IsFound)
            return HostAnswers.Failed<IReadOnlySet<string>>(names.ErrorNumber, names.Text);
        var blocks = (names.Value.Count + 31) / 32;
        var request = new byte[8 + (blocks * 16)]; // struct ethtool_get_features_block: available, requested, active, never_changed
        Write(request, 0, GetFeatures);
        Write(request, 1, blocks);
        var answer = host.Ethtool(interfaceName, request);
        if (!answer.IsFound)
            return HostAnswers.Failed<IReadOnlySet<string>>(answer.ErrorNumber, answer.Text);
        var words = MemoryMarshal.Cast<byte, uint>(answer.Value.AsSpan(8));
        var active = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Value.Count; i++)
        {
            if ((words[(i / 32 * 4) + 2] >> (i % 32) & 1) != 0 && names.Value[i].Length != 0)
                active.Add(names.Value[i]);
        }

        return HostAnswers.Found<IReadOnlySet<string>>(active);
    }

    private static HostAnswer<IReadOnlyList<string>> ReadNames(ILinuxHost host, string interfaceName, int set)
    {
        var info = new byte[20]; // struct ethtool_sset_info with one count
        Write(info, 0, GetStringSetInfo);
        MemoryMarshal.Write(info.AsSpan(8), 1UL << set);
        var counted = host.Ethtool(interfaceName, info);
        if (!counted.IsFound)
            return HostAnswers.Failed<IReadOnlyList<string>>(counted.ErrorNumber, counted.Text);
        if (MemoryMarshal.Read<ulong>(counted.Value.AsSpan(8)) == 0)
            return HostAnswers.Failed<IReadOnlyList<string>>(ErrorNumber.NotSupported);
        var count = MemoryMarshal.Read<uint>(counted.Value.AsSpan(16));
        if (count > MostNames)
            return HostAnswers.Failed<IReadOnlyList<string>>(ErrorNumber.FileTooBig);
        var request = new byte[12 + ((int)count * NameSize)]; // struct ethtool_gstrings
        Write(request, 0, GetStrings);
        Write(request, 1, set);
        Write(request, 2, (int)count);
        var answer = host.Ethtool(interfaceName, request);
        if (!answer.IsFound)
            return HostAnswers.Failed<IReadOnlyList<string>>(answer.ErrorNumber, answer.Text);
        if (Read(answer.Value, 2) != (int)count)
            return HostAnswers.Failed<IReadOnlyList<string>>(ErrorNumber.TryAgain, Changed);
        var names = new string[count];
        for (var i = 0; i < names.Length; i++)
        {
            var name = answer.Value.AsSpan(12 + (i * NameSize), NameSize);
            var end = name.IndexOf((byte)0);
            names[i] = Encoding.UTF8.GetString(end < 0 ? name : name[..end]).Trim();
        }

        return HostAnswers.Found<IReadOnlyList<string>>(names);
    }

    private static int Read(byte[] answer, int word) => MemoryMarshal.Read<int>(answer.AsSpan(word * 4));

    private static void Write(byte[] request, int word, int value) => MemoryMarshal.Write(request.AsSpan(word * 4), value);
}

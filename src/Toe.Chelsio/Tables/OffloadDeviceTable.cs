namespace Toe.Chelsio.Tables;

/// <summary>
/// <c>/proc/net/offload/devices</c>. Columns are found by the header, so that one more or one less does no harm: <c>Device</c>, <c>Offload Module</c>,
/// <c>Policy</c>, <c>Interfaces</c>. Source: Unified Wire 3.14.0.3, toecore/toedev.c.
/// </summary>
internal static class OffloadDeviceTable
{
    private const string NoModule = "<None>";

    /// <summary>Reads the file; rows that do not have the form are left out.</summary>
    public static IReadOnlyList<OffloadDevice> Parse(ReadOnlySpan<char> text)
    {
        var devices = new List<OffloadDevice>();
        string[]? columns = null;
        foreach (var content in text.EnumerateLines())
        {
            if (columns is null)
            {
                columns = ReadHeader(content);
                continue;
            }

            if (devices.Count < TableLimits.Columns && TryReadRow(content, columns) is { } device)
                devices.Add(device);
        }

        return devices;
    }

    private static string[]? ReadHeader(ReadOnlySpan<char> content)
    {
        var columns = content.ToString().Replace("Offload Module", "Module", StringComparison.Ordinal).Split((char[]?)null, TableLimits.Columns, StringSplitOptions.RemoveEmptyEntries);
        return Array.IndexOf(columns, "Device") >= 0 && Array.IndexOf(columns, "Module") >= 0 ? columns : null;
    }

    private static OffloadDevice? TryReadRow(ReadOnlySpan<char> content, string[] columns)
    {
        string? name = null, module = null;
        bool? policy = null;
        List<string> interfaces = [];
        var line = new Line(content);
        foreach (var column in columns)
        {
            if (column == "Interfaces")
            {
                while (interfaces.Count < TableLimits.Columns && line.ReadWord(out var one))
                    interfaces.Add(one.ToString());
                continue;
            }

            if (!line.ReadWord(out var word))
                break;
            switch (column)
            {
                case "Device":
                    name = word.ToString();
                    break;
                case "Module":
                    module = word.ToString();
                    break;
                case "Policy":
                    policy = word switch { "yes" => true, "no" => false, _ => null };
                    break;
            }
        }

        return name is null || module is null ? null : new OffloadDevice(name, module == NoModule ? null : module, policy, interfaces);
    }
}

using System.Text.Json;

namespace Toe.Linux.Rules;

/// <summary>Reads <c>tc -j qdisc show</c>: on which interfaces somebody has set up queueing that is more than the kernel's default.</summary>
internal static class QdiscParser
{
    /// <summary>What the kernel or a distribution puts on an interface by itself.</summary>
    private static readonly string[] Default = ["noqueue", "pfifo_fast", "pfifo", "bfifo", "fq_codel", "fq", "mq", "codel"];

    /// <summary>Reads the tool's answer: interface and kind of each queueing discipline that matters.</summary>
    /// <returns>Null, or why the answer cannot be read at all.</returns>
    public static string? Read(ReadOnlyMemory<byte> json, Dictionary<string, string> disciplines)
    {
        if (json.Span.Trim(" \n\r\t"u8).IsEmpty)
            return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                return "the answer of tc is no list";
            foreach (var item in document.RootElement.EnumerateArray())
            {
                var (kind, device) = (NftParser.Text(item, "kind"), NftParser.Text(item, "dev"));
                if (device.Length != 0 && !Default.Contains(kind, StringComparer.Ordinal))
                    disciplines.TryAdd(device, kind);
            }

            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return $"the answer of tc cannot be read: {exception.Message}";
        }
    }
}

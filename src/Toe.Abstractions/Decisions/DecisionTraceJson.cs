using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Toe;

/// <summary>Writes a trace with the keys that scripts rely on.</summary>
internal static class DecisionTraceJson
{
    public static string Write(DecisionTrace trace)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            Write(json, trace);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, DecisionTrace trace)
    {
        json.WriteStartObject();
        json.WriteString("mode", trace.Mode.ToString());
        json.WriteString("modeSource", trace.ModeSource);
        json.WriteString("placement", trace.Placement);
        WriteReason(json, trace.Reason);
        json.WriteStartArray("trace");
        foreach (var candidate in trace.Candidates)
        {
            json.WriteStartObject();
            json.WriteString("adapter", candidate.AdapterId);
            json.WriteString("model", candidate.Model.ToString());
            json.WriteString("outcome", candidate.Outcome.ToString());
            WriteReason(json, candidate.Reason);
            json.WriteStartArray("gates");
            foreach (var gate in candidate.Gates)
            {
                json.WriteStartObject();
                json.WriteString("gate", gate.Gate);
                json.WriteString("outcome", gate.Outcome.ToString());
                WriteReason(json, gate.Reason);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteReason(Utf8JsonWriter json, ToeReason reason)
    {
        if (reason.IsNone)
        {
            json.WriteNull("reason");
            return;
        }

        json.WriteString("reason", reason.Name);
        json.WriteNumber("reasonCode", reason.Code);
        if (reason.VendorDetail != 0)
            json.WriteNumber("vendorDetail", reason.VendorDetail);
        if (reason.Text is not null)
            json.WriteString("reasonText", reason.Text);
    }
}

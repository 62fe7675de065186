using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Toe;

/// <summary>Reads JSON that people wrote; whatever is wrong becomes one line with the place.</summary>
internal static class JsonText
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a whole document.</summary>
    /// <param name="json">UTF-8, with or without a byte order mark.</param>
    /// <param name="type">The generated reader.</param>
    /// <exception cref="FormatException">It is not such a document; the message has line, column and path.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        if (json.StartsWith(ByteOrderMark))
            json = json[ByteOrderMark.Length..];
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new FormatException("line 1, column 1: 'null' is not an object");
        }
        catch (JsonException error)
        {
            // The serializer ends its messages with the same place, counted from 0.
            var place = error.Message.IndexOf(" Path: ", StringComparison.Ordinal);
            if (place < 0)
                place = error.Message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
            var text = place < 0 ? error.Message : error.Message[..place];
            var path = string.IsNullOrEmpty(error.Path) ? "$" : error.Path;
            throw new FormatException(
                FormattableString.Invariant($"line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}, {path}: {text}"), error);
        }
        catch (Exception error) when (error is InvalidOperationException or NotSupportedException or ArgumentException)
        {
            throw new FormatException(error.Message, error);
        }
    }
}

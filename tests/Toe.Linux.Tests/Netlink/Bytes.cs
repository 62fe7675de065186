using System.Globalization;

namespace Toe.Linux.Tests;

/// <summary>Byte fixtures written as the headers describe them, little-endian as both supported architectures are.</summary>
internal static class Bytes
{
    /// <summary>Bytes from hexadecimal text; white space and what stands behind # to the end of the line are ignored.</summary>
    internal static byte[] Hex(string text) => Convert.FromHexString(string.Concat(
        text.Split('\n').Select(line => line.Split('#')[0]).SelectMany(line => line).Where(letter => !char.IsWhiteSpace(letter))));

    /// <summary>One rtattr with its padding.</summary>
    internal static byte[] Attribute(int type, params byte[] value)
    {
        var attribute = new byte[(4 + value.Length + 3) & ~3];
        BitConverter.TryWriteBytes(attribute, (ushort)(4 + value.Length));
        BitConverter.TryWriteBytes(attribute.AsSpan(2), (ushort)type);
        value.CopyTo(attribute, 4);
        return attribute;
    }

    internal static byte[] Word(uint value) => BitConverter.GetBytes(value);

    internal static byte[] Text(string value) => [.. System.Text.Encoding.UTF8.GetBytes(value), 0];

    internal static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    internal static byte[] Message(int type, int flags, byte[] payload) =>
        Join(Word((uint)(16 + payload.Length)), Word((uint)(type | flags << 16)), Word(1), Word(0), payload,
            new byte[((payload.Length + 3) & ~3) - payload.Length]);

    internal static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

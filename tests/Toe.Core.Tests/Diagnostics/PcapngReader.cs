namespace Toe.Core.Tests.Diagnostics;

/// <summary>Takes a capture apart by the format's rules alone.</summary>
internal static class PcapngReader
{
    /// <summary>The blocks, without their first and last words.</summary>
    public static IReadOnlyList<(uint Type, byte[] Body)> Read(byte[] file)
    {
        var blocks = new List<(uint, byte[])>();
        for (var at = 0; at < file.Length;)
        {
            var length = BitConverter.ToInt32(file, at + 4);
            Assert.Equal((0, length), (length % 4, BitConverter.ToInt32(file, at + length - 4)));
            blocks.Add((BitConverter.ToUInt32(file, at), file[(at + 8)..(at + length - 4)]));
            at += length;
        }

        return blocks;
    }
}

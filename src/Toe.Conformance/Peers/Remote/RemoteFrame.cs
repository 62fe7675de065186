namespace Toe.Conformance;

/// <summary>One call, or its answer.</summary>
/// <param name="Number">The call's number, the same in its answer.</param>
/// <param name="Kind">A <see cref="RemoteCall"/>, or a <see cref="RemoteAnswer"/>.</param>
/// <param name="Payload">What goes with it.</param>
internal readonly record struct RemoteFrame(int Number, byte Kind, byte[] Payload)
{
    public BinaryReader Read() => new(new MemoryStream(Payload));

    public static byte[] Write(Action<BinaryWriter> write)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        return stream.ToArray();
    }
}

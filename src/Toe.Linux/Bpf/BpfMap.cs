namespace Toe.Linux;

/// <summary>A hash table that programs read and this process writes. Lives as long as its descriptor, or a program that uses it. Any thread.</summary>
internal sealed class BpfMap : IDisposable
{
    private const int Hash = 1;             // BPF_MAP_TYPE_HASH, linux/bpf.h
    private const int NoPreallocation = 1;  // BPF_F_NO_PREALLOC

    private readonly FileDescriptor _descriptor;

    /// <summary>Makes a map that takes memory for what is in it only.</summary>
    /// <exception cref="LinuxException">This process may not make one.</exception>
    internal BpfMap(int keyLength, int valueLength, int entries) =>
        _descriptor = BpfCalls.CreateMap(Hash, keyLength, valueLength, entries, NoPreallocation);

    /// <summary>For the program's text.</summary>
    internal int Descriptor => (int)_descriptor.DangerousGetHandle();

    /// <summary>Sets an entry.</summary>
    /// <returns>False when the map is full, or the kernel has no memory.</returns>
    internal bool TrySet(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => BpfCalls.UpdateMap(_descriptor, key, value) == 0;

    /// <summary>Takes an entry out; nothing when there is none.</summary>
    internal void Remove(ReadOnlySpan<byte> key) => BpfCalls.DeleteFromMap(_descriptor, key);

    public void Dispose() => _descriptor.Dispose();
}

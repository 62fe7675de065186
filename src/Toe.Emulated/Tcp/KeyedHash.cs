using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>SipHash-2-4 (Aumasson and Bernstein, 2012) of connection names: the keyed function RFC 6528 and RFC 6056 ask for.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct KeyedHash
{
    private readonly ulong _key0;
    private readonly ulong _key1;

    public KeyedHash(ReadOnlySpan<byte> key)
    {
        _key0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        _key1 = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]);
    }

    public ulong Of(in FourTuple tuple, byte purpose) =>
        Of(tuple.Local, tuple.Remote, (ulong)tuple.LocalPort | (ulong)tuple.RemotePort << 16, purpose);

    /// <summary>Without the local port, for picking one (RFC 6056 algorithm 3).</summary>
    public ulong OfEnds(in FourTuple tuple, byte purpose) => Of(tuple.Local, tuple.Remote, (ulong)tuple.RemotePort << 16, purpose);

    /// <summary>With a word more.</summary>
    public ulong Of(in FourTuple tuple, ulong word, byte purpose)
    {
        var state = new State(_key0, _key1);
        state.Add(Of(tuple, purpose));
        state.Add(word);
        return state.Finish();
    }

    private ulong Of(in AddressValue local, in AddressValue remote, ulong ports, byte purpose)
    {
        var state = new State(_key0, _key1);
        state.Add(local.High);
        state.Add(local.Low);
        state.Add(remote.High);
        state.Add(remote.Low);
        state.Add(ports | (ulong)purpose << 56);
        return state.Finish();
    }

    [StructLayout(LayoutKind.Auto)]
    private struct State(ulong key0, ulong key1)
    {
        private ulong _v0 = key0 ^ 0x736f6d6570736575;
        private ulong _v1 = key1 ^ 0x646f72616e646f6d;
        private ulong _v2 = key0 ^ 0x6c7967656e657261;
        private ulong _v3 = key1 ^ 0x7465646279746573;
        private int _words;

        public void Add(ulong word)
        {
            _words++;
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        public ulong Finish()
        {
            Add((ulong)_words * 8 << 56); // The last block: no bytes left over, and how many there were in all.
            _v2 ^= 0xff;
            for (var i = 0; i < 4; i++) Round();
            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        private void Round()
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}

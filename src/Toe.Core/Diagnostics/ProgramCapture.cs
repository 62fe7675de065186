using System.Runtime.InteropServices;

namespace Toe.Diagnostics;

/// <summary>A running capture of a program's offloaded connections. Disposing it ends it.</summary>
public sealed class ProgramCapture : IDisposable
{
    private const int HeaderSize = 8; // A block's type and length.
    private const int SmallestBlock = 12;
    private const int LargestBlock = 1024 * 1024;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);

    private readonly ProgramAnswer _answer;
    private byte[] _block = new byte[HeaderSize];
    private long _bytes;
    private long _packets;
    private long _lost;

    private ProgramCapture(ProgramAnswer answer) => _answer = answer;

    private uint Type => MemoryMarshal.Read<uint>(_block);

    private int Length => MemoryMarshal.Read<int>(_block.AsSpan(sizeof(uint)));

    /// <summary>Writes the capture as pcapng (draft-ietf-opsawg-pcapng): one section, an interface for each adapter, and at the end what each has lost.</summary>
    /// <param name="output">Takes it, whole blocks at a time.</param>
    /// <param name="stop">Ends the capture; what was captured until then is still written.</param>
    /// <returns>What it has brought when it was stopped, or when the program ended.</returns>
    /// <exception cref="ToeProgramException">The program broke off in the middle of a packet.</exception>
    /// <exception cref="IOException">The output failed.</exception>
    public async Task<CaptureSummary> CopyToAsync(Stream output, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var patience = new CancellationTokenSource();
        using var soon = stop.UnsafeRegister(
            _ =>
            {
                _answer.Leave();
                patience.CancelAfter(LastWords);
            },
            null);
        try
        {
            do
            {
                await WriteAsync(output).ConfigureAwait(false);
            }
            while (await ReadAsync(patience.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException exception)
        {
            throw _answer.Broken(exception);
        }

        await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        return new CaptureSummary(_bytes, _packets, _lost, WasStopped: stop.IsCancellationRequested);
    }

    /// <inheritdoc/>
    public void Dispose() => _answer.Dispose();

    /// <summary>Waits for the beginning of the section: until then the program may refuse.</summary>
    internal static async Task<ProgramCapture> BeginAsync(ProgramAnswer answer, CancellationToken cancellationToken)
    {
        var capture = new ProgramCapture(answer);
        if (!await capture.ReadHeaderAsync(cancellationToken).ConfigureAwait(false))
            throw answer.Broken();
        if (capture._block[0] == '{')
            await answer.ReadLineAsync(cancellationToken, begun: capture._block).ConfigureAwait(false);
        if (capture.Type != PcapngBlocks.SectionHeader)
            throw answer.Broken();
        await capture.ReadBodyAsync(cancellationToken).ConfigureAwait(false);
        return capture;
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await ReadHeaderAsync(cancellationToken).ConfigureAwait(false))
            return false;
        await ReadBodyAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        try
        {
            var read = await _answer.Stream.ReadAtLeastAsync(_block.AsMemory(0, HeaderSize), HeaderSize, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return read == HeaderSize || (read == 0 ? false : throw _answer.Broken());
        }
        catch (IOException exception)
        {
            throw _answer.Broken(exception);
        }
    }

    private async Task ReadBodyAsync(CancellationToken cancellationToken)
    {
        if (Length is < SmallestBlock or > LargestBlock)
            throw _answer.Broken();
        if (_block.Length < Length)
            Array.Resize(ref _block, Length);
        try
        {
            await _answer.Stream.ReadExactlyAsync(_block.AsMemory(HeaderSize, Length - HeaderSize), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw _answer.Broken(exception);
        }
    }

    private async Task WriteAsync(Stream output)
    {
        await output.WriteAsync(_block.AsMemory(0, Length), CancellationToken.None).ConfigureAwait(false);
        _bytes += Length;
        if (Type == PcapngBlocks.EnhancedPacket)
            _packets++;
        else if (Type == PcapngBlocks.InterfaceStatistics)
            _lost += PcapngBlocks.LostOf(_block.AsSpan(0, Length));
    }
}

using System.Buffers;
using System.IO.Pipelines;

namespace Toe.AspNetCore.Transport;

/// <summary>What a part of a listener's connections share: memory, and the queue that wakes them.</summary>
internal sealed class TransportLane : IDisposable
{
    private readonly PipeOptions _input;
    private readonly PipeOptions _output;

    public TransportLane(ToeTransportOptions options, MemoryPool<byte> memory)
    {
        Memory = memory;
        PipeScheduler application = options.UnsafePreferInlineScheduling ? PipeScheduler.Inline : PipeScheduler.ThreadPool;
        PipeScheduler transport = options.UnsafePreferInlineScheduling ? PipeScheduler.Inline
            : options.IOQueueCount > 0 ? new IOQueue()
            : PipeScheduler.ThreadPool;
        _input = Pipe(options.MaxReadBufferSize, reader: application, writer: transport);
        _output = Pipe(options.MaxWriteBufferSize, reader: transport, writer: application);
    }

    /// <summary>Where both directions take their memory.</summary>
    public MemoryPool<byte> Memory { get; }

    /// <summary>A pipe from the carrier to the application.</summary>
    public Pipe CreateInput() => new(_input);

    /// <summary>A pipe from the application to the carrier.</summary>
    public Pipe CreateOutput() => new(_output);

    public void Dispose() => Memory.Dispose();

    private PipeOptions Pipe(long? limit, PipeScheduler reader, PipeScheduler writer)
    {
        var pause = limit ?? 0; // 0 never pauses.
        return new PipeOptions(Memory, reader, writer, pause, resumeWriterThreshold: pause / 2, useSynchronizationContext: false);
    }
}

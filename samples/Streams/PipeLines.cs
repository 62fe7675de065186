using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Toe;

namespace Streams;

/// <summary>Lines by a connection's pipe.</summary>
internal static class PipeLines
{
    public static async Task<List<string>> ThereAndBackAsync(IDuplexPipe pipe, string[] lines, CancellationToken limit)
    {
        foreach (var line in lines)
            await pipe.Output.WriteAsync(Encoding.UTF8.GetBytes(line + '\n'), limit);
        await pipe.Output.CompleteAsync(); // Half close: reading goes on.
        var back = new List<string>();
        ReadResult read;
        do
        {
            read = await pipe.Input.ReadAsync(limit);
            pipe.Input.AdvanceTo(TakeLines(read.Buffer, back), read.Buffer.End);
        }
        while (!read.IsCompleted);
        await pipe.Input.CompleteAsync(); // With both ends complete the connection is closed.
        return back;
    }

    public static async Task EchoOnceAsync(ToeListener listener, CancellationToken limit)
    {
        var pipe = (await listener.AcceptAsync(limit)).AsPipe();
        await pipe.Input.CopyToAsync(pipe.Output, limit);
        await pipe.Output.CompleteAsync();
        await pipe.Input.CompleteAsync();
    }

    /// <summary>Takes whole lines; returns where the rest begins.</summary>
    private static SequencePosition TakeLines(ReadOnlySequence<byte> buffer, List<string> lines)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
            lines.Add(Encoding.UTF8.GetString(line));
        return reader.Position;
    }
}

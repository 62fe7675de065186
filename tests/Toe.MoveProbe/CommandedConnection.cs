using System.Globalization;
using Toe.Testing;

namespace Toe.MoveProbe;

/// <summary>
/// Does with a connection what lines on standard input say, and answers each on standard output. <c>send N</c> begins to send so many bytes, <c>complete</c> ends
/// the stream behind them, <c>receive N</c> reads and checks so many, <c>end</c> reads the end of the peer's stream, <c>sent</c> waits for the calls under way,
/// <c>move</c> moves.
/// </summary>
internal sealed class CommandedConnection(ToeConnection connection, string adapterId, MoveReport report)
{
    private readonly Pattern _sent = new(Traffic.FromMoved(report.Seed));
    private readonly Pattern _received = new(Traffic.FromPeer(report.Seed));
    private Task _sending = Task.CompletedTask;
    private long _sentBytes;
    private long _receivedBytes;

    public async Task RunAsync()
    {
        try
        {
            for (var number = 1; await Console.In.ReadLineAsync() is { } line; number++)
                Console.WriteLine($"{number}: {await DoAsync(line.Split(' '))}.");
        }
        catch (Exception exception)
        {
            report.Failure = exception.ToString();
        }
    }

    private async Task<string> DoAsync(string[] words)
    {
        switch (words[0])
        {
            case "send":
                _sending = SendAsync(_sending, int.Parse(words[1], CultureInfo.InvariantCulture));
                return "sending";
            case "complete":
                _sending = CompleteAsync(_sending);
                return "completing";
            case "sent":
                await _sending;
                return "sent";
            case "receive":
                await ReceiveAsync(int.Parse(words[1], CultureInfo.InvariantCulture));
                return "received";
            case "end":
                return await connection.ReceiveAsync(new byte[1]) == 0 ? "ended" : "more";
            case "move":
                var refusal = await connection.MoveAsync(connection.Placement.AdapterId is null ? adapterId : null);
                return refusal.IsNone ? $"moved to {connection.Placement.AdapterId ?? "host"}, {report.Queued[^1]} queued" : $"refused {refusal}";
            default:
                throw new ArgumentException(words[0]);
        }
    }

    private async Task SendAsync(Task before, int count)
    {
        await before;
        var bytes = new byte[count];
        _sent.Fill(bytes, _sentBytes);
        _sentBytes += count;
        await connection.SendAsync(bytes);
    }

    private async Task CompleteAsync(Task before)
    {
        await before;
        await connection.CompleteSendingAsync();
    }

    private async Task ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        for (var received = 0; received < count;)
        {
            var some = await connection.ReceiveAsync(bytes.AsMemory(received));
            received += some > 0 ? some : throw new EndOfStreamException($"behind {_receivedBytes + received} bytes");
        }

        _received.Check(bytes, _receivedBytes);
        _receivedBytes += count;
    }
}

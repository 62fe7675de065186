using System.Globalization;
using Microsoft.Extensions.Configuration;
using Toe.Emulated;
using Toe.Testing;

namespace Toe.MoveProbe;

/// <summary>
/// Does with a connection what lines on standard input say, and answers each on standard output. <c>send N</c> begins to send so many bytes, <c>complete</c> ends
/// the stream behind them, <c>receive N</c> reads and checks so many, <c>end</c> reads the end of the peer's stream, <c>sent</c> waits for the calls under way,
/// <c>move</c> moves, <c>until host|adapter</c> waits until it runs there and says why it does, <c>set Toe:OPTION=VALUE</c> changes the stack's configuration, <c>fail</c> lets
/// the card fail, <c>next</c> closes it and goes on with the next one.
/// </summary>
internal sealed class CommandedConnection(ToeConnection connection, EmulatedCard card, IConfigurationRoot settings, MoveReport report)
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
            while (await Console.In.ReadLineAsync() is { } line)
            {
                var (number, words) = line.Split(' ') is [var first, .. var others] ? (first, others) : ("", []);
                Console.WriteLine($"answer {number}: {await DoAsync(words)}.");
                if (words[0] == "next")
                    return;
            }
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
                var refusal = await connection.MoveAsync(connection.Placement.AdapterId is null ? card.Identity.Id : null);
                return refusal.IsNone ? $"moved to {connection.Placement.AdapterId ?? "host"}, {report.Queued[^1]} queued" : $"refused {refusal}";
            case "until":
                return await UntilAsync(words[1] == "host");
            case "set":
                var (key, value) = Setting.Parse(words[1]);
                settings[key] = value;
                settings.Reload();
                return "set";
            case "fail":
                card.Fail();
                return "failed";
            case "next":
                return "closing";
            default:
                throw new ArgumentException(words[0]);
        }
    }

    private async Task<string> UntilAsync(bool isHost)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.PlacementChanged += (_, _) => Look();
        Look();
        await arrived.Task;
        return $"{connection.Placement.AdapterId ?? "host"}: {connection.Placement.Reason}";

        void Look()
        {
            if (connection.Placement.AdapterId is null == isHost)
                arrived.TrySetResult();
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

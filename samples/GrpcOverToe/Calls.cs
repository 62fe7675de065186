using System.Globalization;
using Grpc.Core;
using Toe;

namespace GrpcOverToe;

/// <summary>The client's calls, of each kind, and how they end.</summary>
internal sealed class Calls(Sums.SumsClient sums, IToeStack stack, CancellationToken limit)
{
    public async Task<Outcome> UnaryAsync(string name)
    {
        using var call = sums.AddAsync(new Terms { Values = { 1, 2, 3 } }, cancellationToken: limit);
        var sum = await call;
        return Tell($"{name}: 1 + 2 + 3 = {sum.Value}", sum.Value == 6, await call.ResponseHeadersAsync);
    }

    public async Task<Outcome> ServerStreamingAsync()
    {
        using var call = sums.Count(new Number { Value = 1000 }, cancellationToken: limit);
        var count = 0;
        await foreach (var number in call.ResponseStream.ReadAllAsync(limit))
            count += number.Value == count + 1 ? 1 : 0;
        return Tell($"server streaming: counted to {count}", count == 1000, await call.ResponseHeadersAsync);
    }

    public async Task<Outcome> DuplexStreamingAsync()
    {
        using var call = sums.AddUp(cancellationToken: limit);
        var text = string.Join(' ', await AddAsync(call, 1), await AddAsync(call, 2), await AddAsync(call, 3));
        await call.RequestStream.CompleteAsync();
        var ended = !await call.ResponseStream.MoveNext(limit);
        return Tell($"duplex streaming: sums {text}", ended && text == "1 3 6", await call.ResponseHeadersAsync);
    }

    /// <summary>A stream on which nothing more is said, until its deadline.</summary>
    public Task<Outcome> DeadlineAsync() =>
        EndAsync("deadline", sums.AddUp(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(1), cancellationToken: limit), static () => { }, StatusCode.DeadlineExceeded);

    public async Task<Outcome> CancellationAsync()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(limit);
        return await EndAsync("cancellation", sums.AddUp(cancellationToken: cancellation.Token), cancellation.Cancel, StatusCode.Cancelled);
    }

    /// <summary>A stream whose card crashes.</summary>
    public Task<Outcome> CrashAsync(Action crash) => EndAsync("crash of the card", sums.AddUp(cancellationToken: limit), crash, StatusCode.Unavailable);

    private async Task<Outcome> EndAsync(string name, AsyncDuplexStreamingCall<Number, Number> stream, Action end, StatusCode expected)
    {
        using var call = stream;
        await AddAsync(call, 1);
        var outcome = Tell(name, isRight: false, await call.ResponseHeadersAsync);
        end();
        try
        {
            await call.ResponseStream.MoveNext(limit);
            return outcome;
        }
        catch (RpcException ended)
        {
            return outcome with { Text = $"{name}: the call ended with {ended.StatusCode}", IsRight = ended.StatusCode == expected };
        }
    }

    private async Task<string> AddAsync(AsyncDuplexStreamingCall<Number, Number> call, long value)
    {
        await call.RequestStream.WriteAsync(new Number { Value = value }, limit);
        return await call.ResponseStream.MoveNext(limit) ? call.ResponseStream.Current.Value.ToString(CultureInfo.InvariantCulture) : "";
    }

    private Outcome Tell(string text, bool isRight, Metadata headers)
    {
        var mine = stack.Connections.Single(connection => connection.LocalEndPoint.ToString() == headers.GetValue(SumsServer.PeerHeader));
        return new Outcome(text, isRight, mine.Placement.ToString(), headers.GetValue(SumsServer.PlacementHeader)!);
    }
}
